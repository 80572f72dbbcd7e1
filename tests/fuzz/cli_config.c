/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of -c, and what --check-config says of it. */
#define _GNU_SOURCE /* memfd_create */
#include "cli/check_config.h"
#include "cli/config.h"
#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

static void check_cluster(const struct inventory *inventory, const struct declared_cluster *cluster) {
    REQUIRE(cluster->name != NULL && cluster->address_count > 0);
    for (size_t i = 0; i < cluster->address_count; i++)
        REQUIRE(inventory_cluster(inventory, &cluster->addresses[i]) == cluster);
    for (size_t i = 0; i < cluster->service_count; i++) {
        const struct declared_service *service = &cluster->services[i];
        REQUIRE(service->bound_count > 0 && service->bound_count <= cluster->address_count);
        for (size_t j = 0; j < service->bound_count; j++) {
            struct declaration declaration = inventory_says(inventory, &service->bound[j], &service->interface);
            REQUIRE(declaration.cluster == cluster);
            REQUIRE(declaration.service == service || declaration.declared == DECLARED_NOT);
        }
    }
}

static void check_inventory(const struct inventory *inventory) {
    for (size_t i = 0; i < inventory->cluster_count; i++)
        check_cluster(inventory, &inventory->clusters[i]);
    for (size_t i = 0; i < inventory->name_count; i++)
        REQUIRE(inventory_name(inventory, &inventory->names[i].address) == inventory->names[i].name);
    for (size_t i = 0; i < inventory->ignored_count; i++)
        REQUIRE(inventory_ignores(inventory, &inventory->ignored[i].address));
    for (size_t i = 0; i < inventory->router_count; i++)
        REQUIRE(inventory_is_router(inventory, &inventory->routers[i]));
    for (size_t i = 0; i < inventory->suppression_count; i++)
        REQUIRE(inventory->suppressions[i].reason != NULL && inventory->suppressions[i].until > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static int fd = -1;
    static char path[64];
    static FILE *nowhere;
    struct config config;
    if (fd < 0) {
        fd = memfd_create("config", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        nowhere = fopen("/dev/null", "w");
    }
    REQUIRE(fd >= 0 && nowhere != NULL && ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
    if (!config_read(&config, path))
        return 0;
    for (size_t i = 1; i < config.interfaces.interface_count; i++)
        REQUIRE(interface_order(&config.interfaces.interfaces[i - 1], &config.interfaces.interfaces[i]) < 0);
    check_inventory(&config.inventory);
    REQUIRE(check_config(&config, nowhere));
    config_free(&config);
    return 0;
}
