/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/rules/plan.h"

#include "tests/unit.h"

void declare_at_b(struct story *story, struct plan *plan, const struct syntax_id *interface) {
    address_parse(A, &plan->addresses[0]);
    address_parse(B, &plan->addresses[1]);
    plan->service = (struct declared_service){.bound = &plan->addresses[1], .bound_count = 1, .line = 12};
    if (interface != NULL)
        plan->service.interface = *interface;
    plan->cluster = (struct declared_cluster){.name = "EXCH",
                                              .addresses = plan->addresses,
                                              .address_count = 2,
                                              .services = &plan->service,
                                              .service_count = 1,
                                              .line = 10};
    story->inventory.file = "corp.yaml";
    story->inventory.clusters = &plan->cluster;
    story->inventory.cluster_count = 1;
}

void check_predictions(const struct story *story, uint64_t came_true, uint64_t averted, uint64_t open) {
    const struct predictions *predictions = judge_predictions(story->judge);
    CU_ASSERT_EQUAL(predictions->came_true, came_true);
    CU_ASSERT_EQUAL(predictions->averted, averted);
    CU_ASSERT_EQUAL(predictions->open, open);
    CU_ASSERT_EQUAL(predictions->made, came_true + averted + open);
}

const struct finding *finding_of(const struct story *story, const char *client, const char *server,
                                 const struct syntax_id *interface) {
    struct address client_address, server_address;
    const struct finding *found = NULL, *f;
    address_parse(client, &client_address);
    address_parse(server, &server_address);
    for (size_t i = 0; (f = judge_finding(story->judge, i)) != NULL; i++)
        if (address_equal(&f->client, &client_address) && address_equal(&f->server.address, &server_address) &&
            uuid_equal(&f->interface.uuid, &interface->uuid))
            found = f;
    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    return found;
}
