/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/interface_list.h"

#include "report/json.h"
#include "report/page.h"
#include "report/table.h"

#include <ctype.h>
#include <string.h>

static bool begins_with(const char *text, const char *part) {
    while (*part != '\0' && tolower((unsigned char)*text) == tolower((unsigned char)*part)) {
        text++;
        part++;
    }
    return *part == '\0';
}

static bool holds(const char *text, const char *part) {
    for (; *text != '\0'; text++)
        if (begins_with(text, part))
            return true;
    return false;
}

bool interface_matches(const struct interface *interface, const char *text) {
    return *text != '\0' && (holds(interface->name, text) || holds(interface->uuid, text));
}

enum { VERSION_TEXT_SIZE = 24 };

static const char *version_text(const struct interface *interface, char text[static VERSION_TEXT_SIZE]) {
    if (interface->major == INTERFACE_ANY)
        return "any";
    snprintf(text, VERSION_TEXT_SIZE, "%d.%d", interface->major, interface->minor);
    return text;
}

enum { NAME_WORDS_SIZE = INTERFACE_NAME_SIZE + sizeof " (backup)" };

static const char *name_words(const struct interface *interface, char words[static NAME_WORDS_SIZE]) {
    snprintf(words, NAME_WORDS_SIZE, "%s%s", interface->name, interface->backup ? " (backup)" : "");
    return words;
}

bool interface_list(FILE *out) {
    static const char *const headings[] = {"UUID", "Version", "Name"};
    const struct interface *interface;
    struct page page = {.out = out};
    struct table table = table_open(headings, sizeof headings / sizeof *headings);
    for (size_t at = 0; (interface = interface_next(&at)) != NULL;) {
        char version[VERSION_TEXT_SIZE];
        char name[NAME_WORDS_SIZE];
        table_row(&table, (const char *const[]){interface->uuid, version_text(interface, version),
                                                name_words(interface, name)});
    }
    return table_close(&table, &page);
}

void interface_page(FILE *out, const struct interface *interface) {
    enum { NUMBER_AT = 2, NAME_AT = 8 };
    char version[VERSION_TEXT_SIZE];
    char name[NAME_WORDS_SIZE];
    struct page page = {.out = out};
    page_words(&page, interface->uuid);
    page_words(&page, version_text(interface, version));
    page_join(&page, ":");
    page_words(&page, name_words(interface, name));
    page_end(&page);
    const struct opnum *opnum;
    for (size_t at = 0; (opnum = interface_next_opnum(interface, &at)) != NULL;) {
        char number[8];
        snprintf(number, sizeof number, "%u", opnum->number);
        page_begin(&page, NUMBER_AT);
        page_words(&page, number);
        page.indent = NAME_AT;
        page_words(&page, opnum->name);
        page_end(&page);
    }
}

static json_t *opnums_array(const struct interface *interface) {
    json_t *array = json_array();
    const struct opnum *opnum;
    for (size_t at = 0; array != NULL && (opnum = interface_next_opnum(interface, &at)) != NULL;) {
        json_t *object = json_pack("{s:i, s:o}", "opnum", (int)opnum->number, "name", words_value(opnum->name));
        if (json_array_append_new(array, object) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

bool interface_json(FILE *out, const struct interface *interface) {
    char version[VERSION_TEXT_SIZE];
    const char *known = interface->major == INTERFACE_ANY ? NULL : version_text(interface, version);
    return json_line(out, json_pack("{s:s, s:s, s:s?, s:o, s:b, s:o}", "type", "interface", "uuid", interface->uuid,
                                    "version", known, "name", words_value(interface->name), "backup",
                                    (int)interface->backup, "opnums", opnums_array(interface)));
}
