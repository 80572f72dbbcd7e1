/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/stub/activation.h"
#include "dissect/stub/cluster.h"
#include "tests/dissect/build_dcom.h"
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

/* Every byte order and encoding. */
enum { WAYS = 4 };
static enum byte_order order_in(size_t i) { return i % 2 == 0 ? ORDER_LITTLE : ORDER_BIG; }
static enum encoding encoding_in(size_t i) { return i < 2 ? NDR20 : NDR64; }

static struct octets o;

static void fresh(size_t way) { o = (struct octets){.order = order_in(way)}; }

/* A copy of the octets' beginning that ends where it ends, so that the sanitizer sees who reads on. */
static uint8_t *copy;
static struct reader over(size_t n) {
    free(copy);
    copy = malloc(n + 1);
    if (copy == NULL)
        exit(2);
    memcpy(copy + 1, o.at, n);
    return reader_over((struct bytes){copy + 1, n}, o.order);
}

static const struct string_binding BINDINGS[] = {
    {7, "EXNODE1[1112]"}, {7, "10.0.0.20[1112]"}, {7, "fe80::1%4[1112]"}, {0, ""}};

static void check_binding(struct dualstrings *strings, enum transport transport, const char *endpoint,
                          const char *name) {
    char text[ENDPOINT_TEXT_SIZE];
    struct fact_binding binding = dualstrings_next(strings);
    CU_ASSERT_EQUAL(binding.transport, transport);
    CU_ASSERT_STRING_EQUAL(endpoint_text(&binding.endpoint, text), endpoint);
    CU_ASSERT_STRING_EQUAL(binding.name, name);
}

static void check_bindings(struct dualstrings *strings) {
    CU_ASSERT_EQUAL_FATAL(strings->count, 3);
    check_binding(strings, TRANSPORT_TCP, ":1112", "EXNODE1");
    check_binding(strings, TRANSPORT_TCP, "10.0.0.20:1112", "");
    check_binding(strings, TRANSPORT_TCP, "[fe80::1]:1112", "");
}

static void a_binding_is_read_by_its_form(void) {
    static const struct {
        struct string_binding binding;
        enum transport transport;
        const char *endpoint, *name;
    } forms[] = {
        {{7, "10.0.0.20[65535]"}, TRANSPORT_TCP, "10.0.0.20:65535", ""},
        {{7, "10.0.0.20"}, TRANSPORT_TCP, "10.0.0.20:0", ""},
        {{7, "10.0.0.20[]"}, TRANSPORT_TCP, "10.0.0.20:0", ""},
        {{7, "host.example"}, TRANSPORT_TCP, ":0", "host.example"},
        {{8, "host[135]"}, TRANSPORT_UDP, ":135", "host"},
        {{0x1f, "10.0.0.20[593]"}, TRANSPORT_HTTP, "10.0.0.20:593", ""},
        {{7, "[1112]"}, TRANSPORT_TCP, ":1112", ""},
        {{7, "[fe80::1]"}, TRANSPORT_TCP, "[fe80::1]:0", ""},
        {{7, "[fe80::1][1112]"}, TRANSPORT_TCP, "[fe80::1]:1112", ""},
        {{7, "2001:db8::7"}, TRANSPORT_TCP, "[2001:db8::7]:0", ""},
        {{0x0f, "HOST[\\\\PIPE\\\\epmapper]"}, TRANSPORT_PIPE, ":0", "\\PIPE\\epmapper"},
        {{0x0f, "10.0.0.20[\\PIPE\\x]"}, TRANSPORT_PIPE, "10.0.0.20:0", "\\PIPE\\x"},
        {{0x10, "[OLE1234]"}, TRANSPORT_LOCAL, ":0", "OLE1234"},
        {{0x0c, "spx"}, TRANSPORT_UNKNOWN, ":0", "spx"},
        {{7, ""}, TRANSPORT_TCP, ":0", ""},
        {{7, "]"}, TRANSPORT_TCP, ":0", "]"},
        {{7, "10.0.0.256"}, TRANSPORT_TCP, ":0", "10.0.0.256"},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        for (size_t way = 0; way < WAYS; way++) {
            struct dualstrings strings;
            const struct string_binding list[] = {forms[i].binding, {0, ""}};
            fresh(way);
            put_dualstrings(&o, encoding_in(way) == NDR64, list);
            struct reader r = over(o.len);
            CU_ASSERT_TRUE(dualstrings_read(&r, encoding_in(way), &strings));
            CU_ASSERT_EQUAL(reader_left(&r), 0);
            CU_ASSERT_EQUAL_FATAL(strings.count, 1);
            check_binding(&strings, forms[i].transport, forms[i].endpoint, forms[i].name);
        }
}

static void a_port_that_is_none_is_malformed(void) {
    static const char *const texts[] = {"10.0.0.20[65536]", "10.0.0.20[-1]", "host[x]", "host[1 ]", "host[4294968408]"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct dualstrings strings;
        const struct string_binding list[] = {{7, texts[i]}, {0, ""}};
        fresh(0);
        put_dualstrings(&o, false, list);
        struct reader r = over(o.len);
        CU_ASSERT_FALSE(dualstrings_read(&r, NDR20, &strings));
    }
}

/* A name of any length does not hide the port behind it. */
static void a_long_name_is_cut(void) {
    char text[400];
    memset(text, 'x', sizeof text);
    memcpy(text + 300, "[1112]", 7);
    const struct string_binding list[] = {{7, text}, {0, ""}};
    struct dualstrings strings;
    fresh(0);
    put_dualstrings(&o, false, list);
    struct reader r = over(o.len);
    CU_ASSERT_TRUE_FATAL(dualstrings_read(&r, NDR20, &strings));
    struct fact_binding binding = dualstrings_next(&strings);
    CU_ASSERT_EQUAL(binding.endpoint.port, 1112);
    CU_ASSERT_EQUAL(strlen(binding.name), FACT_TEXT_SIZE - 1);
}

static void an_array_may_be_empty(void) {
    static const struct string_binding none[] = {{0, NULL}};
    struct dualstrings strings;
    fresh(1);
    put_dualstrings(&o, false, none);
    struct reader r = over(o.len);
    CU_ASSERT_TRUE(dualstrings_read(&r, NDR20, &strings));
    CU_ASSERT_EQUAL(strings.count, 0);
}

/* max_count, wNumEntries and wSecurityOffset, each with every value near its limits. */
static void hostile_counts_are_malformed(void) {
    fresh(0);
    put_dualstrings(&o, false, BINDINGS);
    uint16_t units = (uint16_t)(o.at[4] | o.at[5] << 8);
    const uint32_t values[] = {0, 1, 3, units - 1, units, units + 1, 0x7f, 0x8000, 0xfffe, 0xffff};
    for (size_t at = 0; at < 8; at += at == 0 ? 4 : 2)
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
            struct dualstrings strings;
            fresh(0);
            put_dualstrings(&o, false, BINDINGS);
            bool same = values[i] == (at == 6 ? 0 : units);
            o.at[at] = (uint8_t)values[i];
            o.at[at + 1] = (uint8_t)(values[i] >> 8);
            struct reader r = over(o.len);
            CU_ASSERT_EQUAL(dualstrings_read(&r, NDR20, &strings), same);
        }
    fresh(0);
    put_u32(&o, 0x80000000);
    put_u16(&o, 0);
    put_u16(&o, 0);
    struct reader r = over(o.len);
    struct dualstrings strings;
    CU_ASSERT_FALSE(dualstrings_read(&r, NDR20, &strings));
}

/* Nor does a text without an end read on behind the array. */
static void a_text_ends_within_the_array(void) {
    for (unsigned security = 3; security <= 0x100; security += 0xfd) {
        struct dualstrings strings;
        fresh(0);
        put_u32(&o, 3);
        put_u16(&o, 3);
        put_u16(&o, security);
        put_u16(&o, 7);
        put_u16(&o, 'a');
        put_u16(&o, 'b');
        struct reader r = over(o.len);
        CU_ASSERT_FALSE(dualstrings_read(&r, NDR20, &strings));
    }
}

enum { CALLS = DCOM_PROPERTIES + 1 };

static void every_answer_tells_its_bindings(void) {
    for (unsigned call = 0; call < CALLS; call++)
        for (size_t way = 0; way < WAYS; way++) {
            struct dualstrings told;
            fresh(way);
            put_dcom_answer(&o, encoding_in(way) == NDR64, (enum dcom_call)call, BINDINGS);
            struct reader r = over(o.len);
            CU_ASSERT_TRUE_FATAL(dcom_answer_read(&r, encoding_in(way), (enum dcom_call)call, &told));
            CU_ASSERT_EQUAL(reader_left(&r), 0);
            check_bindings(&told);
        }
}

static void no_beginning_of_an_answer_is_one(void) {
    for (unsigned call = 0; call < CALLS; call++)
        for (size_t way = 0; way < WAYS; way++) {
            struct dualstrings told;
            fresh(way);
            put_dcom_answer(&o, encoding_in(way) == NDR64, (enum dcom_call)call, BINDINGS);
            for (size_t n = 0; n < o.len; n++) {
                struct reader r = over(n);
                CU_ASSERT_FALSE(dcom_answer_read(&r, encoding_in(way), (enum dcom_call)call, &told));
            }
        }
}

static void an_answer_may_tell_nothing(void) {
    for (unsigned call = 0; call < CALLS; call++)
        for (size_t way = 0; way < WAYS; way++) {
            struct dualstrings told;
            fresh(way);
            put_dcom_answer(&o, encoding_in(way) == NDR64, (enum dcom_call)call, NULL);
            struct reader r = over(o.len);
            CU_ASSERT_TRUE(dcom_answer_read(&r, encoding_in(way), (enum dcom_call)call, &told));
            CU_ASSERT_EQUAL(told.count, 0);
            CU_ASSERT_EQUAL(reader_left(&r), 0);
        }
}

/* Whatever a byte is changed to, reading stays within the octets and comes to its end; the sanitizers judge. */
static void damaged_answers_do_no_harm(void) {
    static const uint8_t values[] = {0, 1, 0x7f, 0xff};
    for (unsigned call = 0; call < CALLS; call++)
        for (size_t way = 0; way < WAYS; way++) {
            fresh(way);
            put_dcom_answer(&o, encoding_in(way) == NDR64, (enum dcom_call)call, BINDINGS);
            for (size_t i = 0; i < o.len * sizeof values; i++) {
                struct dualstrings told;
                uint8_t *octet = &o.at[i / sizeof values], was = *octet;
                *octet = values[i % sizeof values];
                struct reader r = over(o.len);
                if (dcom_answer_read(&r, encoding_in(way), (enum dcom_call)call, &told))
                    for (uint32_t n = 0; n < told.count; n++)
                        (void)dualstrings_next(&told);
                *octet = was;
            }
        }
}

static bool activates(struct dualstrings *told) { return activation_bindings_read((struct bytes){o.at, o.len}, told); }

static void the_reply_stands_anywhere_among_the_properties(void) {
    static const enum property lists[][3] = {{PROPERTY_REPLY}, {PROPERTY_REPLY, PROPERTY_OUT}, {PROPERTY_OUT}, {0}};
    struct dualstrings told;
    for (size_t i = 0; i < 4; i++)
        for (unsigned order = 0; order < 2; order++) {
            fresh(0);
            put_activation(&o, (enum byte_order)order, lists[i], BINDINGS);
            CU_ASSERT_TRUE(activates(&told));
            CU_ASSERT_EQUAL(told.count, i < 2 ? 3 : 0);
        }
    fresh(0);
    put_activation(&o, ORDER_LITTLE, lists[0], NULL);
    CU_ASSERT_TRUE(activates(&told));
    CU_ASSERT_EQUAL(told.count, 0);
}

static void only_what_is_properties_is_read_as_such(void) {
    static const enum property list[] = {PROPERTY_REPLY, PROPERTY_END};
    static const size_t telling[] = {0 /* signature */,
                                     4 /* flags */,
                                     24 /* class */,
                                     56 /* version */,
                                     57 /* endianness */,
                                     58 /* header length */,
                                     88 /* count */};
    struct dualstrings told;
    for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++) {
        fresh(0);
        put_activation(&o, ORDER_LITTLE, list, BINDINGS);
        CU_ASSERT_TRUE(activates(&told));
        o.at[telling[i]] ^= 0x0b;
        CU_ASSERT_FALSE(activates(&told));
    }
}

static const char *const ADDRESS[] = {"Network", "Public", "Address", "10.0.1.20", "SubnetMask", "255.255.255.0", NULL};

static bool resource_of(const char *const *pairs, struct fact_resource *resource) {
    fresh(0);
    put_property_list(&o, pairs);
    *resource = (struct fact_resource){.name = ""};
    return cluster_address_read((struct bytes){o.at, o.len}, resource);
}

static void a_resource_has_an_address(void) {
    static const char *const six[] = {"Address", "2001:db8::1", "PrefixLength", "64", "Network", "n", NULL};
    char text[ADDRESS_TEXT_SIZE];
    struct fact_resource resource;
    CU_ASSERT_TRUE(resource_of(ADDRESS, &resource));
    CU_ASSERT_STRING_EQUAL(address_text(&resource.address, text), "10.0.1.20");
    CU_ASSERT_STRING_EQUAL(resource.network, "Public");
    CU_ASSERT_TRUE(resource_of(six, &resource));
    CU_ASSERT_STRING_EQUAL(address_text(&resource.address, text), "2001:db8::1");
}

static void other_resources_have_none(void) {
    static const char *const lists[][7] = {
        {"Network", "Public", "SubnetMask", "255.255.255.0", NULL},
        {"Address", "10.0.1.20", NULL},
        {"Address", "10.0.1.20", "Network", "Public", NULL},
        {"Address", "10.0.1.256", "Network", "Public", "SubnetMask", "x", NULL},
        {"Address", "somewhere", "Network", "Public", "SubnetMask", "x", NULL},
        {"Address", "", "Network", "Public", "SubnetMask", "x", NULL},
        {"Address", "0.0.0.0", "Network", "Public", "SubnetMask", "x", NULL},
        {NULL},
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct fact_resource resource;
        CU_ASSERT_TRUE(resource_of(lists[i], &resource));
        CU_ASSERT_EQUAL(resource.address.family, ADDRESS_NONE);
    }
}

static void no_beginning_of_a_property_list_is_one(void) {
    struct fact_resource resource;
    CU_ASSERT_TRUE(resource_of(ADDRESS, &resource));
    for (size_t n = 0; n < o.len; n++)
        CU_ASSERT_FALSE(cluster_address_read((struct bytes){o.at, n}, &resource));
    o.at[0] = 4; /* one more than there are */
    CU_ASSERT_FALSE(cluster_address_read((struct bytes){o.at, o.len}, &resource));
    o.at[3] = 0xff;
    CU_ASSERT_FALSE(cluster_address_read((struct bytes){o.at, o.len}, &resource));
}

static void cluster_calls_are_read(void) {
    static const char HANDLE[] = "12345678-1234-5678-9abc-def012345678";
    static struct octets list;
    list = (struct octets){.len = 0};
    put_property_list(&list, ADDRESS);
    for (size_t way = 0; way < WAYS; way++)
        for (unsigned version = 2; version <= 3; version++) {
            char name[FACT_TEXT_SIZE], text[UUID_TEXT_SIZE];
            struct uuid handle;
            struct bytes properties;
            uint32_t code;
            bool ndr64 = encoding_in(way) == NDR64;
            fresh(way);
            put_open_resource(&o, ndr64, "IP 10.0.1.20");
            struct reader r = over(o.len);
            CU_ASSERT_TRUE(cluster_open_question_read(&r, encoding_in(way), name));
            CU_ASSERT_STRING_EQUAL(name, "IP 10.0.1.20");
            fresh(way);
            put_open_resource_answer(&o, version == 3, HANDLE);
            r = over(o.len);
            CU_ASSERT_TRUE(cluster_open_answer_read(&r, &handle));
            CU_ASSERT_STRING_EQUAL(uuid_text(&handle, text), HANDLE);
            fresh(way);
            put_resource_control(&o, HANDLE, CLUSTER_GET_PRIVATE_PROPERTIES);
            r = over(o.len);
            CU_ASSERT_TRUE(cluster_control_question_read(&r, &handle, &code));
            CU_ASSERT_STRING_EQUAL(uuid_text(&handle, text), HANDLE);
            CU_ASSERT_EQUAL(code, CLUSTER_GET_PRIVATE_PROPERTIES);
            fresh(way);
            put_resource_control_answer(&o, ndr64, version == 3, &list);
            r = over(o.len);
            CU_ASSERT_TRUE(cluster_control_answer_read(&r, encoding_in(way), &properties));
            CU_ASSERT_EQUAL(properties.len, list.len);
            CU_ASSERT_EQUAL(reader_left(&r), 0);
            for (size_t n = 0; n + 4 < o.len; n++) {
                r = over(n);
                CU_ASSERT_FALSE(cluster_control_answer_read(&r, encoding_in(way), &properties));
            }
        }
}

int main(void) {
    static CU_TestInfo tests[] = {
        {"a binding is read by its form", a_binding_is_read_by_its_form},
        {"a port that is none is malformed", a_port_that_is_none_is_malformed},
        {"a long name is cut", a_long_name_is_cut},
        {"an array may be empty", an_array_may_be_empty},
        {"hostile counts are malformed", hostile_counts_are_malformed},
        {"a text ends within the array", a_text_ends_within_the_array},
        {"every answer tells its bindings", every_answer_tells_its_bindings},
        {"no beginning of an answer is one", no_beginning_of_an_answer_is_one},
        {"an answer may tell nothing", an_answer_may_tell_nothing},
        {"damaged answers do no harm", damaged_answers_do_no_harm},
        {"the reply stands anywhere among the properties", the_reply_stands_anywhere_among_the_properties},
        {"only what is properties is read as such", only_what_is_properties_is_read_as_such},
        {"a resource has an address", a_resource_has_an_address},
        {"other resources have none", other_resources_have_none},
        {"no beginning of a property list is one", no_beginning_of_a_property_list_is_one},
        {"cluster calls are read", cluster_calls_are_read},
        CU_TEST_INFO_NULL,
    };
    int status = unit_run("dissect dcom", tests);
    free(copy);
    return status;
}
