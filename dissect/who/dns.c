/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/who/dns.h"

#include "wire/reader.h"

#include <string.h>

enum { FLAG_RESPONSE = 0x8000, OPCODE = 0x7800, FLAG_TRUNCATED = 0x0200, RCODE = 0x000f };
enum { TYPE_A = 1, TYPE_CNAME = 5, TYPE_AAAA = 28, CLASS = 0x7fff, CLASS_IN = 1 }; /* multicast DNS uses the top bit */
enum { NAME_MAX_LENGTH = 255, POINTER = 0xc0, MAX_JUMPS = 32, MAX_ALIASES = 8 };

struct name {
    char text[NAME_MAX_LENGTH + 1]; /* "www.example.com" */
    size_t length;
};

static char shown(uint8_t octet) {
    if (octet <= ' ' || octet >= 0x7f || octet == '.')
        return '?';
    return (char)(octet >= 'A' && octet <= 'Z' ? octet + 'a' - 'A' : octet);
}

static bool label_add(struct name *name, struct bytes label) {
    if (name->length + 1 + label.len > NAME_MAX_LENGTH)
        return false;
    if (name->length > 0)
        name->text[name->length++] = '.';
    for (size_t i = 0; i < label.len; i++)
        name->text[name->length++] = shown(label.at[i]);
    name->text[name->length] = '\0';
    return true;
}

/* RFC 1035 4.1.4. A pointer leads to what came before all of the name so far: so it ends. */
static bool name_read(struct reader *r, struct name *name) {
    struct reader from = *r;
    size_t begin = r->at;
    unsigned jumps = 0;
    *name = (struct name){.length = 0};
    for (;;) {
        uint8_t length = reader_u8(&from);
        if (length >= POINTER) {
            size_t target = (size_t)(length & 0x3f) << 8 | reader_u8(&from);
            if (jumps++ == 0)
                *r = from;
            if (from.failed || target >= begin || jumps > MAX_JUMPS)
                return false;
            from.at = begin = target;
            continue;
        }
        struct bytes label = reader_take(&from, length);
        if (from.failed || length >= 0x40)
            return false;
        if (length == 0)
            break;
        if (!label_add(name, label))
            return false;
    }
    if (jumps == 0)
        *r = from;
    return true;
}

static bool name_skip(struct reader *r) {
    for (;;) {
        uint8_t length = reader_u8(r);
        if (length >= POINTER)
            reader_skip(r, 1);
        else
            reader_skip(r, length);
        if (r->failed || (length >= 0x40 && length < POINTER))
            return false;
        if (length == 0 || length >= POINTER)
            return true;
    }
}

struct record {
    struct reader owner; /* where its name begins */
    struct reader data;  /* where its data begins, in the message */
    uint16_t type, class, length;
};

static bool record_read(struct reader *r, struct record *record) {
    record->owner = *r;
    if (!name_skip(r))
        return false;
    record->type = reader_u16(r);
    record->class = reader_u16(r) & CLASS;
    reader_skip(r, 4); /* time to live */
    record->length = reader_u16(r);
    record->data = *r;
    reader_skip(r, record->length);
    return !r->failed;
}

struct alias {
    struct name owner, target;
};

struct aliases {
    uint32_t count;
    struct alias list[MAX_ALIASES];
};

static bool alias_read(struct record *record, struct aliases *aliases, struct namings *namings) {
    if (aliases->count == MAX_ALIASES) {
        namings->passed_over++;
        return true;
    }
    struct alias *alias = &aliases->list[aliases->count];
    if (!name_read(&record->owner, &alias->owner) || !name_read(&record->data, &alias->target))
        return false;
    aliases->count++;
    return true;
}

/* The names that lead to the owner, the farthest first, and the owner. Each alias is followed once, so a circle ends.
 */
static void tell(const struct aliases *aliases, const struct name *owner, const struct address *address,
                 struct namings *namings) {
    const struct name *names[MAX_ALIASES + 1] = {owner};
    bool used[MAX_ALIASES] = {false};
    size_t count = 1;
    for (size_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < aliases->count; j++)
            if (!used[j] && strcmp(aliases->list[j].target.text, names[i]->text) == 0) {
                used[j] = true;
                names[count++] = &aliases->list[j].owner;
            }
    while (count-- > 0)
        naming_add(namings, address, names[count]->text);
}

static bool address_read(struct record *record, struct address *address) {
    bool v6 = record->type == TYPE_AAAA;
    if (record->length != (v6 ? 16 : 4))
        return false;
    const uint8_t *octets = reader_take(&record->data, record->length).at;
    *address = v6 ? address_ipv6(octets) : address_ipv4(octets);
    return true;
}

static bool host_read(struct record *record, const struct aliases *aliases, struct namings *namings) {
    struct name owner;
    struct address address;
    if (namings->count == NAMING_MAX) {
        namings->passed_over++;
        return true;
    }
    if (!name_read(&record->owner, &owner) || !address_read(record, &address))
        return false;
    tell(aliases, &owner, &address, namings);
    return true;
}

enum wanted { ALIASES, HOSTS };

static bool records_read(struct reader r, unsigned count, enum wanted wanted, struct aliases *aliases,
                         struct namings *namings) {
    bool sound = true;
    for (unsigned i = 0; i < count && sound; i++) {
        struct record record;
        if (!record_read(&r, &record))
            return false;
        bool host = record.type == TYPE_A || record.type == TYPE_AAAA;
        if (record.class == CLASS_IN && host && wanted == HOSTS)
            sound = host_read(&record, aliases, namings);
        else if (record.class == CLASS_IN && record.type == TYPE_CNAME && wanted == ALIASES)
            sound = alias_read(&record, aliases, namings);
    }
    return sound;
}

/* A message may have its records in any order, so the aliases are read first. One that says that it is truncated may
 * break off anywhere: what is there is sound (RFC 2181 9). */
enum reading dns_read(struct bytes message, struct namings *namings) {
    namings->count = namings->passed_over = 0;
    struct reader r = reader_over(message, ORDER_BIG);
    reader_skip(&r, 2);
    uint16_t flags = reader_u16(&r);
    unsigned questions = reader_u16(&r);
    unsigned records = reader_u16(&r);
    records += reader_u16(&r);
    records += reader_u16(&r);
    if (r.failed)
        return READING_MALFORMED;
    if ((flags & FLAG_RESPONSE) == 0 || (flags & (OPCODE | RCODE)) != 0)
        return READING_NOTHING;
    for (unsigned i = 0; i < questions; i++) {
        if (!name_skip(&r))
            return READING_MALFORMED;
        reader_skip(&r, 4);
    }
    struct aliases aliases = {.count = 0};
    bool sound = records_read(r, records, ALIASES, &aliases, namings);
    sound = records_read(r, records, HOSTS, &aliases, namings) && sound;
    if (!sound && (flags & FLAG_TRUNCATED) == 0)
        return READING_MALFORMED;
    return namings->count != 0 ? READING_TOLD : READING_NOTHING;
}
