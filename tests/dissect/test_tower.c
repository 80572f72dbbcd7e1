/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/stub/tower.h"
#include "tests/dissect/build.h"
#include "tests/unit.h"

#include <string.h>

static const char INTERFACE[] = "13000d00dbf1a447ca6710b31e00dd010662da01000200"
                                "0000"
                                "13000d045d888aeb1cc9119fe808002b10486002000200"
                                "0000";

static bool read_upper(const char *count, const char *floors, struct fact_tower *tower) {
    struct octets o = {.order = ORDER_LITTLE};
    put_hex(&o, count);
    put_hex(&o, INTERFACE);
    put_hex(&o, floors);
    return tower_read(octets_bytes(&o), tower);
}

static void each_kind_of_tower_is_read(void) {
    static const struct {
        const char *count, *floors;
        enum transport transport;
        uint16_t port;
        const char *address, *name;
    } towers[] = {
        {"0500",
         "01000b0200000001000702000458010009040"
         "00a000014",
         TRANSPORT_TCP, 1112, "10.0.0.20", ""},
        {"0500",
         "01000a0200000001000802000458010009040"
         "000000000",
         TRANSPORT_UDP, 1112, "0.0.0.0", ""},
        {"0500",
         "01000b02000000"
         "01000f0700"
         "5c504950455c61"
         "0100110500"
         "5c5c484f00",
         TRANSPORT_PIPE, 0, "", "\\PIPE\\a"},
        {"0500",
         "01000b02000000"
         "01001f0200"
         "0251"
         "0100200400"
         "0a000014",
         TRANSPORT_HTTP, 593, "10.0.0.20", ""},
        {"0400",
         "01000c02000000"
         "0100100400"
         "4c525000",
         TRANSPORT_LOCAL, 0, "", "LRP"},
        {"0500",
         "01000b02000000"
         "01000c0200"
         "0458"
         "01000d0400"
         "00000000",
         TRANSPORT_UNKNOWN, 0, "", ""},
        {"0500",
         "01000b02000000"
         "0100200900"
         "2f746d702f736f636b"
         "0100990000",
         TRANSPORT_UNKNOWN, 0, "", ""},
        {"0500",
         "01000b02000000"
         "0100070000"
         "0100090000",
         TRANSPORT_TCP, 0, "", ""},
        {"0200", "", TRANSPORT_UNKNOWN, 0, "", ""},
    };
    for (size_t i = 0; i < sizeof towers / sizeof *towers; i++) {
        struct fact_tower tower;
        char text[ADDRESS_TEXT_SIZE];
        CU_ASSERT_TRUE(read_upper(towers[i].count, towers[i].floors, &tower));
        CU_ASSERT_TRUE(syntax_compatible(&tower.interface, &STORE));
        CU_ASSERT_EQUAL(tower.transport, towers[i].transport);
        CU_ASSERT_EQUAL(tower.endpoint.port, towers[i].port);
        CU_ASSERT_STRING_EQUAL(address_text(&tower.endpoint.address, text), towers[i].address);
        CU_ASSERT_STRING_EQUAL(tower.name, towers[i].name);
    }
}

static void what_contradicts_itself_is_refused(void) {
    struct fact_tower tower;
    CU_ASSERT_FALSE(read_upper("0000", "", &tower));
    CU_ASSERT_FALSE(read_upper("0700", "", &tower));
    CU_ASSERT_FALSE(read_upper("0300", "", &tower));                 /* a floor is missing */
    CU_ASSERT_FALSE(read_upper("0300", "00000000", &tower));         /* no protocol */
    CU_ASSERT_FALSE(read_upper("0300", "010007010004", &tower));     /* half a port */
    CU_ASSERT_FALSE(read_upper("0300", "01000703000458ff", &tower)); /* too much of a port */
    CU_ASSERT_FALSE(read_upper("0300", "01000903000a0000", &tower)); /* a short address */
    CU_ASSERT_FALSE(read_upper("0300",
                               "0100090400"
                               "0a0000",
                               &tower)); /* it ends too early */
    CU_ASSERT_FALSE(tower_read((struct bytes){NULL, 0}, &tower));
}

static void a_tower_does_not_begin_with_anything_but_an_interface(void) {
    struct octets o = {.order = ORDER_LITTLE};
    struct fact_tower tower;
    put_hex(&o, "0500");
    put_hex(&o, INTERFACE);
    put_hex(&o, "01000b02000000010007020004580100090400"
                "0a000014");
    CU_ASSERT_TRUE(tower_read(octets_bytes(&o), &tower));
    o.at[4] = 0x0c;
    CU_ASSERT_FALSE(tower_read(octets_bytes(&o), &tower));
}

static void every_prefix_is_refused(void) {
    struct octets o = {.order = ORDER_LITTLE};
    struct fact_tower tower;
    put_tower(&o, &STORE, 1112, "10.0.0.20");
    CU_ASSERT_EQUAL(o.len, 75);
    for (size_t n = 0; n < o.len; n++)
        CU_ASSERT_FALSE(tower_read((struct bytes){o.at, n}, &tower));
    CU_ASSERT_TRUE(tower_read(octets_bytes(&o), &tower));
}

static void a_tower_of_more_than_2000_octets_is_refused(void) {
    struct octets o = {.order = ORDER_LITTLE};
    struct fact_tower tower;
    put_tower(&o, &STORE, 1112, "10.0.0.20");
    put_zeros(&o, 2000 - o.len);
    CU_ASSERT_TRUE(tower_read(octets_bytes(&o), &tower));
    put_zeros(&o, 1);
    CU_ASSERT_FALSE(tower_read(octets_bytes(&o), &tower));
}

static void names_are_made_fit_to_be_shown(void) {
    struct fact_tower tower;
    CU_ASSERT_TRUE(read_upper("0300",
                              "01000f0500"
                              "5c1bff41"
                              "42",
                              &tower));
    CU_ASSERT_STRING_EQUAL(tower.name, "\\??AB");
    struct octets o = {.order = ORDER_LITTLE};
    put_hex(&o, "0300");
    put_hex(&o, INTERFACE);
    put_hex(&o, "01000fc800");
    for (size_t i = 0; i < 200; i++)
        put_u8(&o, 'x');
    CU_ASSERT_TRUE(tower_read(octets_bytes(&o), &tower));
    CU_ASSERT_EQUAL(strlen(tower.name), FACT_TEXT_SIZE - 1);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"each kind of tower is read", each_kind_of_tower_is_read},
        {"what contradicts itself is refused", what_contradicts_itself_is_refused},
        {"a tower does not begin with anything but an interface",
         a_tower_does_not_begin_with_anything_but_an_interface},
        {"every prefix is refused", every_prefix_is_refused},
        {"a tower of more than 2000 octets is refused", a_tower_of_more_than_2000_octets_is_refused},
        {"names are made fit to be shown", names_are_made_fit_to_be_shown},
        CU_TEST_INFO_NULL,
    };
    return unit_run("dissect/tower", tests);
}
