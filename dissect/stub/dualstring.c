/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/stub/dualstring.h"

#include "dissect/text.h"

#include <string.h>

/* C706 appendix I, MS-DCOM 2.2.19.3. */
static enum transport transport_of(uint16_t tower) {
    switch (tower) {
    case 0x07:
        return TRANSPORT_TCP;
    case 0x08:
        return TRANSPORT_UDP;
    case 0x0f:
        return TRANSPORT_PIPE;
    case 0x10:
        return TRANSPORT_LOCAL;
    case 0x1f:
        return TRANSPORT_HTTP;
    default:
        return TRANSPORT_UNKNOWN;
    }
}

static bool has_port(enum transport transport) {
    return transport == TRANSPORT_TCP || transport == TRANSPORT_UDP || transport == TRANSPORT_HTTP;
}

/* "host[endpoint]"; both empty where they are not there. */
struct parts {
    struct bytes host, endpoint;
};

static uint16_t unit_at(struct bytes text, size_t index, enum byte_order order) {
    struct reader r = reader_over((struct bytes){text.at + 2 * index, 2}, order);
    return reader_u16(&r);
}

/* The last brackets are the endpoint's, but for a lone address in brackets. */
static struct parts part(struct bytes text, enum byte_order order) {
    size_t units = text.len / 2;
    size_t open = units;
    if (units > 0 && unit_at(text, units - 1, order) == ']')
        while (open > 0 && unit_at(text, open - 1, order) != '[')
            open--;
    if (open == 0 || open == units || (open == 1 && memchr(text.at, ':', text.len) != NULL))
        return (struct parts){.host = text};
    return (struct parts){{text.at, 2 * (open - 1)}, {text.at + 2 * open, 2 * (units - 1 - open)}};
}

/* The host that a binding names, in brackets or with a zone ("fe80::1%4"), is an address, or a name. */
static void host_read(struct fact_binding *binding) {
    char plain[FACT_TEXT_SIZE];
    const char *from = binding->name[0] == '[' ? binding->name + 1 : binding->name;
    size_t n = strcspn(from, "]%");
    memcpy(plain, from, n);
    plain[n] = '\0';
    if (n > 0 && address_parse(plain, &binding->endpoint.address))
        binding->name[0] = '\0';
}

static bool port_read(const char *text, uint16_t *port) {
    uint32_t number = 0;
    for (; *text >= '0' && *text <= '9' && number <= UINT16_MAX; text++)
        number = number * 10 + (uint32_t)(*text - '0');
    *port = number <= UINT16_MAX ? (uint16_t)number : 0;
    return *text == '\0' && number <= UINT16_MAX;
}

/* A backslash is written as two. */
static void unescape(char *text) {
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        if (from[0] == '\\' && from[1] == '\\')
            from++;
        *to++ = *from;
    }
    *to = '\0';
}

/* STRINGBINDING, MS-DCOM 2.2.19.3: tower, and its text up to a NUL. False: malformed, or the tower is 0, which ends
 * the array. */
static bool binding_read(struct reader *r, struct fact_binding *binding) {
    char endpoint[FACT_TEXT_SIZE];
    *binding = (struct fact_binding){0};
    uint16_t tower = reader_u16(r);
    size_t from = r->at;
    if (tower == 0)
        return false;
    while (reader_u16(r) != 0)
        ;
    if (r->failed)
        return false;
    struct parts parts = part((struct bytes){r->bytes.at + from, r->at - from - 2}, r->order);
    binding->transport = transport_of(tower);
    text_from_utf16_in(binding->name, parts.host, r->order);
    text_from_utf16_in(endpoint, parts.endpoint, r->order);
    host_read(binding);
    if (has_port(binding->transport)) {
        r->failed = !port_read(endpoint, &binding->endpoint.port);
    } else if (endpoint[0] != '\0') {
        unescape(endpoint);
        memcpy(binding->name, endpoint, sizeof endpoint);
    }
    return !r->failed;
}

/* wNumEntries and wSecurityOffset count 16-bit units. */
bool dualstrings_read(struct reader *r, enum encoding encoding, struct dualstrings *strings) {
    struct fact_binding binding;
    *strings = (struct dualstrings){0};
    uint64_t max = ndr_size(r, encoding);
    uint16_t units = reader_u16(r);
    uint16_t security = reader_u16(r);
    struct bytes array = reader_take(r, (size_t)units * 2);
    if (r->failed || max != units || security > units)
        return false;
    strings->bindings = reader_over((struct bytes){array.at, (size_t)security * 2}, r->order);
    struct reader walk = strings->bindings;
    while (binding_read(&walk, &binding))
        strings->count++;
    /* Behind the 0 that ends it there may be another, where there are no bindings. */
    return security == 0 || (!walk.failed && reader_left(&walk) <= 2);
}

struct fact_binding dualstrings_next(struct dualstrings *strings) {
    struct fact_binding binding;
    (void)binding_read(&strings->bindings, &binding);
    return binding;
}
