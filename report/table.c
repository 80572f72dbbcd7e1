/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include "report/table.h"

#include "report/visible.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { INDENT = 2, BETWEEN = 2 };

struct table table_open(const char *const *headings, size_t columns) {
    assert(columns > 0 && columns <= TABLE_MAX_COLUMNS);
    struct table table = {.columns = columns};
    table_row(&table, headings);
    return table;
}

static bool make_room(struct table *table) {
    if (table->rows < table->room)
        return true;
    size_t room = table->room == 0 ? 16 : table->room * 2;
    char **cells = realloc(table->cells, room * table->columns * sizeof *cells);
    if (cells == NULL)
        return false;
    table->cells = cells;
    table->room = room;
    return true;
}

void table_row(struct table *table, const char *const *cells) {
    if (table->failed || !make_room(table)) {
        table->failed = true;
        return;
    }
    char **row = &table->cells[table->rows++ * table->columns];
    for (size_t i = 0; i < table->columns; i++) {
        row[i] = strdup(cells[i]);
        table->failed = table->failed || row[i] == NULL;
    }
}

/* What each column would like. */
static void natural_widths(const struct table *table, size_t *widths) {
    for (size_t i = 0; i < table->rows * table->columns; i++) {
        size_t width = visible_width(table->cells[i]);
        if (width > widths[i % table->columns])
            widths[i % table->columns] = width;
    }
}

/* The widest column gives until the table fits. */
static void narrow(const struct table *table, size_t *widths) {
    size_t total = INDENT + BETWEEN * (table->columns - 1);
    for (size_t i = 0; i < table->columns; i++)
        total += widths[i];
    while (total > PAGE_WIDTH) {
        size_t widest = 0;
        for (size_t i = 1; i < table->columns; i++)
            if (widths[i] > widths[widest])
                widest = i;
        widths[widest]--;
        total--;
    }
}

static void print_row(char *const *row, const size_t *widths, size_t columns, struct page *page) {
    const char *rest[TABLE_MAX_COLUMNS];
    bool left = true;
    for (size_t i = 0; i < columns; i++)
        rest[i] = row[i];
    while (left) {
        left = false;
        size_t column = INDENT;
        for (size_t i = 0; i < columns; column += widths[i++] + BETWEEN) {
            if (*rest[i] == '\0')
                continue;
            page_column(page, column);
            rest[i] = page_part(page, rest[i], widths[i]);
            left = left || *rest[i] != '\0';
        }
        page_end(page);
    }
}

bool table_close(struct table *table, struct page *page) {
    size_t widths[TABLE_MAX_COLUMNS] = {0};
    if (!table->failed && table->rows > 1) {
        natural_widths(table, widths);
        narrow(table, widths);
        for (size_t i = 0; i < table->rows; i++)
            print_row(&table->cells[i * table->columns], widths, table->columns, page);
    }
    for (size_t i = 0; i < table->rows * table->columns; i++)
        free(table->cells[i]);
    free((void *)table->cells);
    return !table->failed;
}
