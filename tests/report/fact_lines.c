/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include "tests/report/fact_lines.h"

#include <CUnit/CUnit.h>
#include <string.h>

struct address address_of(const char *ip) {
    struct address address;
    CU_ASSERT_TRUE_FATAL(address_parse(ip, &address));
    return address;
}

struct endpoint end_of(const char *ip, uint16_t port) {
    return (struct endpoint){address_of(ip), port};
}

struct syntax_id syntax_of(const char *uuid, uint16_t major, uint16_t minor) {
    struct syntax_id syntax = {.major = major, .minor = minor};
    CU_ASSERT_TRUE_FATAL(uuid_parse(uuid, &syntax.uuid));
    return syntax;
}

struct fact fact_of(enum fact_kind kind) {
    return (struct fact){
        .kind = kind,
        .seen = {.frame = 12, .time = 1795348800000000001, .file = 0},
        .flow = 7,
        .transport = TRANSPORT_TCP,
        .client = end_of("10.0.2.1", 1025),
        .server = end_of("2001:db8::10:2", 135),
    };
}

char *written(const struct fact *fact, const struct file_names *files) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    CU_ASSERT_TRUE(fact_write(out, fact, files));
    fclose(out);
    return text;
}

struct fact_tower tower_of(unsigned number) {
    struct fact_tower tower = {.interface = syntax_of("f5cc5a18-4264-101a-8c59-08002b2f8426", 56, (uint16_t)number),
                               .transport = (enum transport)(number % TRANSPORT_KINDS),
                               .endpoint = end_of(number % 2 == 0 ? "0.0.0.0" : "", (uint16_t)(65535 - number))};
    memset(tower.name, 'n', sizeof tower.name - 1);
    return tower;
}
