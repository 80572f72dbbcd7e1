/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of -c. */
#define _GNU_SOURCE /* memfd_create */
#include "cli/config.h"
#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static int fd = -1;
    static char path[64];
    struct config config;
    if (fd < 0) {
        fd = memfd_create("config", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    REQUIRE(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
    if (!config_read(&config, path))
        return 0;
    for (size_t i = 1; i < config.interfaces.interface_count; i++)
        REQUIRE(interface_order(&config.interfaces.interfaces[i - 1], &config.interfaces.interfaces[i]) < 0);
    config_free(&config);
    return 0;
}
