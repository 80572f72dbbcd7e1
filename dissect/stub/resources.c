/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/stub/resources.h"

#include "dissect/stub/cluster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct resource {
    uint32_t call_id; /* of the request that opens it, until it is open */
    bool open;
    struct uuid handle;
    char name[FACT_TEXT_SIZE];
};

struct resources {
    struct resource resources[RESOURCES_MAX];
    uint32_t count, next; /* a ring */
};

void resources_close(struct resources *resources) { free(resources); }

bool resources_reads(uint16_t opnum) { return opnum == CLUSTER_OPEN_RESOURCE || opnum == CLUSTER_RESOURCE_CONTROL; }

static void remember(struct resources **resources, uint32_t call_id, const char name[static FACT_TEXT_SIZE]) {
    if (*resources == NULL)
        *resources = calloc(1, sizeof **resources);
    struct resources *all = *resources;
    if (all == NULL)
        return;
    for (uint32_t i = 0; i < all->count; i++)
        if (!all->resources[i].open && all->resources[i].call_id == call_id)
            all->resources[i].open = true; /* it never had an answer, and no handle */
    struct resource *resource = &all->resources[all->next];
    all->next = (all->next + 1) % RESOURCES_MAX;
    if (all->count < RESOURCES_MAX)
        all->count++;
    *resource = (struct resource){.call_id = call_id};
    memcpy(resource->name, name, sizeof resource->name);
}

static void opened(struct resources *all, uint32_t call_id, const struct uuid *handle) {
    for (uint32_t i = 0; all != NULL && i < all->count; i++) {
        struct resource *resource = &all->resources[i];
        if (!resource->open && resource->call_id == call_id) {
            resource->open = true;
            resource->handle = *handle;
        } else if (resource->open && uuid_equal(&resource->handle, handle)) {
            resource->handle = (struct uuid){{0}}; /* it is another's now */
        }
    }
}

/* "" if it is not known; that it may have been forgotten is counted. */
static const char *name_of(const struct resources *all, const struct uuid *handle, struct tally *tally) {
    for (uint32_t i = 0; all != NULL && i < all->count && !uuid_is_nil(handle); i++)
        if (all->resources[i].open && uuid_equal(&all->resources[i].handle, handle))
            return all->resources[i].name;
    tally->limits[LIMIT_HINTS] += all != NULL && all->count == RESOURCES_MAX;
    return "";
}

void resources_question(struct resources **resources, struct teller *teller, struct call *call,
                        const struct map_stub *stub, enum encoding encoding) {
    char name[FACT_TEXT_SIZE];
    uint32_t code = 0;
    struct reader r = reader_over(stub->bytes, stub->order);
    bool opens = call->opnum == CLUSTER_OPEN_RESOURCE;
    bool sound = opens ? cluster_open_question_read(&r, encoding, name)
                       : cluster_control_question_read(&r, &call->object, &code);
    if (!sound)
        teller_malformed(teller, MALFORMED_RESOURCE, FROM_CLIENT, &stub->seen);
    if (!sound || (!opens && code != CLUSTER_GET_PRIVATE_PROPERTIES))
        return;
    call->kind = opens ? CALL_OPEN_RESOURCE : CALL_RESOURCE_PROPERTIES;
    if (opens)
        remember(resources, call->call_id, name);
}

static bool read_properties(const struct resources *all, struct teller *teller, const struct call *call,
                            const struct map_stub *stub, enum encoding encoding) {
    struct fact fact;
    struct bytes properties;
    struct reader r = reader_over(stub->bytes, stub->order);
    teller_begin(teller, &fact, FACT_CLUSTER_ADDRESS, &stub->seen);
    if (!cluster_control_answer_read(&r, encoding, &properties) || (!call->requested && reader_left(&r) > 0))
        return false;
    if (properties.len == 0) /* too little room for them, or none are allowed */
        return true;
    if (!cluster_address_read(properties, &fact.resource))
        return false;
    snprintf(fact.resource.name, sizeof fact.resource.name, "%s", name_of(all, &call->object, teller->tally));
    if (fact.resource.address.family != ADDRESS_NONE)
        teller_tell(teller, &fact);
    return true;
}

void resources_answer(struct resources *resources, struct teller *teller, const struct call *call,
                      const struct map_stub *stub, enum encoding encoding) {
    struct uuid handle;
    struct reader r = reader_over(stub->bytes, stub->order);
    bool sound;
    if (call->kind == CALL_OPEN_RESOURCE) {
        sound = cluster_open_answer_read(&r, &handle);
        if (sound && !uuid_is_nil(&handle))
            opened(resources, call->call_id, &handle);
    } else {
        sound = read_properties(resources, teller, call, stub, encoding);
    }
    if (!sound && call->requested)
        teller_malformed(teller, MALFORMED_RESOURCE, FROM_SERVER, &stub->seen);
}
