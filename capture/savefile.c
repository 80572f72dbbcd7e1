/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/savefile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum source_state savefile_broken(struct savefile *file, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(file->why, sizeof file->why, format, arguments);
    va_end(arguments);
    return SOURCE_BROKEN;
}

enum source_state savefile_ended(struct savefile *file, bool whole) {
    const struct input *input = &file->feed.input;
    if (input->stopped)
        return SOURCE_STOPPED;
    if (input->damage != NULL)
        return savefile_broken(file, "%s", input->damage);
    return whole && feed_left(&file->feed) == 0 && !input->cut ? SOURCE_END : SOURCE_TRUNCATED;
}

struct interface *savefile_add(struct savefile *file, uint16_t link, uint32_t snaplen) {
    if (file->count == MAX_INTERFACES) {
        savefile_broken(file, "it has more than %d interfaces", MAX_INTERFACES);
        return NULL;
    }
    if (file->count == file->room) {
        uint32_t room = file->room == 0 ? 1 : file->room * 2;
        struct interface *interfaces = realloc(file->interfaces, room * sizeof *interfaces);
        if (interfaces == NULL) {
            savefile_broken(file, "out of memory");
            return NULL;
        }
        file->interfaces = interfaces;
        file->room = room;
    }
    struct interface *added = &file->interfaces[file->count++];
    *added = (struct interface){.link = link, .snaplen = snaplen, .resolution = {10, 6, 1000000}};
    return added;
}

void savefile_frame(struct savefile *file, struct frame *frame, uint32_t index, struct bytes bytes, uint32_t wire) {
    file->frames++;
    *frame = (struct frame){
        .bytes = bytes,
        .wire = wire,
        .link = file->interfaces[index].link,
        .interface = index,
        .seen = {.frame = file->frames},
    };
}

void savefile_time(struct savefile *file, struct frame *frame, int64_t second, uint64_t nanoseconds) {
    const int64_t in_second = INT64_C(1000000000);
    bool early = second < 0;
    bool late = second > LATEST_TIME / in_second || (second == LATEST_TIME / in_second && nanoseconds > 0);
    bool odd = nanoseconds >= (uint64_t)in_second;
    frame->misdated = early || late || odd;
    if (early || late)
        frame->seen.time = early ? 0 : LATEST_TIME;
    else
        frame->seen.time = second * in_second + (odd ? 0 : (int64_t)nanoseconds);
    file->time = frame->seen.time;
}
