/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/json_line.h"

#include <stdlib.h>

enum { DIGITS = 15 };         /* a double holds that many exactly: 5.003, not 5.0030000000000001 */
enum { USUAL_LENGTH = 4096 }; /* of a line */

static const size_t FLAGS = JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(DIGITS);

static bool write_line(FILE *out, const char *text, size_t len) {
    return fwrite(text, 1, len, out) == len && putc('\n', out) != EOF;
}

static bool write_long_line(FILE *out, const json_t *object, size_t len) {
    char *text = malloc(len);
    bool written = text != NULL && json_dumpb(object, text, len, FLAGS) == len && write_line(out, text, len);
    free(text);
    return written;
}

/* As a whole: json_dumpf hands each token to the stream, which takes three times as long. */
bool json_line(FILE *out, json_t *object) {
    char text[USUAL_LENGTH];
    if (object == NULL)
        return false;
    size_t len = json_dumpb(object, text, sizeof text, FLAGS);
    bool written = len != 0 && (len <= sizeof text ? write_line(out, text, len) : write_long_line(out, object, len));
    json_decref(object);
    return written;
}
