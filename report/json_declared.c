/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the inventory declares, as objects. */
#include "report/declared.h"
#include "report/field_text.h"
#include "report/json.h"

/* null: all that the cluster declares nothing else of. */
static json_t *interface_value(const struct declared_service *service) {
    char uuid[UUID_TEXT_SIZE], version[sizeof "65535.65535"];
    if (uuid_is_nil(&service->interface.uuid))
        return json_null();
    snprintf(version, sizeof version, "%u.%u", (unsigned)service->interface.major, (unsigned)service->interface.minor);
    const char *name = declared_interface_name(&service->interface, service->any_version);
    return json_pack("{s:s, s:o, s:o}", "uuid", uuid_text(&service->interface.uuid, uuid), "version",
                     service->any_version ? json_null() : json_string(version), "name", words_value(name));
}

/* One service at one address of its cluster. */
static json_t *declared_object(const struct results *results, const struct declared_cluster *cluster,
                               const struct declared_service *service, const struct address *address) {
    json_t *server = json_pack("{s:o, s:o}", "ip", address_value(address), "name",
                               words_value(judge_server_name(results->judge, address)));
    return json_pack("{s:s, s:o, s:o, s:o, s:b, s:o, s:i}", "type", "declared", "cluster", words_value(cluster->name),
                     "server", server, "interface", interface_value(service), "bound",
                     declared_service_is_at(service, address) ? 1 : 0, "file",
                     words_value(judge_inventory(results->judge)->file), "line", (int)service->line);
}

static bool write_service(FILE *out, const struct results *results, const struct declared_cluster *cluster,
                          const struct declared_service *service) {
    bool written = true;
    for (size_t i = 0; written && i < cluster->address_count; i++)
        written = json_line(out, declared_object(results, cluster, service, &cluster->addresses[i]));
    return written;
}

bool json_declared(FILE *out, const struct results *results) {
    const struct inventory *inventory = judge_inventory(results->judge);
    bool written = true;
    for (size_t i = 0; i < inventory->cluster_count; i++) {
        const struct declared_cluster *cluster = &inventory->clusters[i];
        for (size_t j = 0; written && j < cluster->service_count; j++)
            written = write_service(out, results, cluster, &cluster->services[j]);
    }
    return written;
}

json_t *declared_value(const struct binding *binding, const struct results *results) {
    const struct inventory *inventory = judge_inventory(results->judge);
    struct declaration declaration = inventory_says(inventory, &binding->address, &binding->interface);
    if (declaration.declared == DECLARED_NOT)
        return json_null();
    return json_pack("{s:b, s:i, s:b}", "bound", declaration.declared == DECLARED_BOUND ? 1 : 0, "line",
                     (int)declaration.service->line, "contradicted",
                     inventory_contradicted(inventory, binding) != NULL ? 1 : 0);
}
