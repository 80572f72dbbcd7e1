/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/foreign.h"

#include <string.h>

#define BY_EDITCAP "; convert it: editcap -F pcapng OLD NEW"

static const struct {
    const char *magic;
    size_t length;
    const char *advice;
} FORMATS[] = {
    {"GMBU", 4, "of Microsoft Network Monitor 2" BY_EDITCAP},
    {"RTSS", 4, "of Microsoft Network Monitor 1" BY_EDITCAP},
    {"snoop\0\0\0", 8, "of snoop" BY_EDITCAP},
    {"iptrace ", 8, "of AIX iptrace" BY_EDITCAP},
    {"TRSNIFF ", 8, "of a Sniffer" BY_EDITCAP},
    {"XCP\0", 4, "of NetXRay or a Sniffer for Windows" BY_EDITCAP},
    {"PK\3\4", 4, "a zip archive; unpack it first"},
};

static const char ETL_ADVICE[] = "an event trace of Windows; convert it: etl2pcapng OLD.etl NEW.pcapng";

const char *foreign_advice(struct bytes start, const char *path) {
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++)
        if (start.len >= FORMATS[i].length && memcmp(start.at, FORMATS[i].magic, FORMATS[i].length) == 0)
            return FORMATS[i].advice;
    size_t length = strlen(path);
    return length >= 4 && strcmp(path + length - 4, ".etl") == 0 ? ETL_ADVICE : NULL;
}
