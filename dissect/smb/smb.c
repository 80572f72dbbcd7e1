/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/smb/smb.h"

#include <string.h>

enum { HALVES = 32 }; /* octets of an encoded name: two for each of its 16 characters */

const struct smb_file SMB_FILE_NONE = {{0}};
const struct smb_file SMB_FILE_PREVIOUS = {
    {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

bool smb_file_equal(const struct smb_file *a, const struct smb_file *b) {
    return memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

enum smb_dialect smb_dialect(const uint8_t at[static 4]) {
    if (memcmp(at + 1, "SMB", 3) != 0)
        return SMB_NONE;
    switch (at[0]) {
    case 0xff:
        return SMB_ONE;
    case 0xfe:
        return SMB_TWO;
    case 0xfd:
        return SMB_ENCRYPTED;
    case 0xfc:
        return SMB_COMPRESSED;
    default:
        return SMB_NONE;
    }
}

/* The first octets of a frame, its length left open. */
static enum smb_likeness compare(struct bytes bytes, const uint8_t *pattern, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (i == bytes.len)
            return SMB_POSSIBLE;
        if (bytes.at[i] != pattern[i] && (i == 0 || i >= SMB_FRAME_SIZE))
            return SMB_IMPOSSIBLE;
    }
    return SMB_LIKELY;
}

static bool is_half(uint8_t octet) { return octet >= 'A' && octet <= 'P'; }

/* Its first name is one of 32 octets in the encoding of RFC 1001 14.1. */
static enum smb_likeness compare_request(struct bytes bytes) {
    static const uint8_t request[] = {SMB_FRAME_REQUEST, 0, 0, 0, HALVES};
    enum smb_likeness likeness = compare(bytes, request, sizeof request);
    if (bytes.len >= 2 && bytes.at[1] > 1)
        return SMB_IMPOSSIBLE;
    for (size_t i = sizeof request; i < sizeof request + HALVES && likeness != SMB_IMPOSSIBLE; i++) {
        if (i >= bytes.len)
            return SMB_POSSIBLE;
        if (!is_half(bytes.at[i]))
            return SMB_IMPOSSIBLE;
    }
    return likeness;
}

enum smb_likeness smb_likeness(struct bytes bytes) {
    enum { VARIANTS = 4 };
    /* SMB 1; SMB 2, whose StructureSize is always 64; what is encrypted, or compressed. */
    static const uint8_t patterns[VARIANTS][10] = {{0, 0, 0, 0, 0xff, 'S', 'M', 'B'},
                                                   {0, 0, 0, 0, 0xfe, 'S', 'M', 'B', 64, 0},
                                                   {0, 0, 0, 0, 0xfd, 'S', 'M', 'B'},
                                                   {0, 0, 0, 0, 0xfc, 'S', 'M', 'B'}};
    static const size_t sizes[VARIANTS] = {8, 10, 8, 8};
    enum smb_likeness best = compare_request(bytes);
    for (size_t i = 0; i < VARIANTS && best == SMB_IMPOSSIBLE; i++)
        best = compare(bytes, patterns[i], sizes[i]);
    return best;
}

/* The last character tells what kind of service it is; a server is a 0x20, or, called by its workstation's name,
 * 0x00. "*SMBSERVER" is called by who does not know the name. */
void smb_called_name(char text[static SMB_CALLED_TEXT_SIZE], struct bytes called) {
    text[0] = '\0';
    if (called.len < 1 + HALVES || called.at[0] != HALVES)
        return;
    size_t end = 0;
    for (size_t i = 0; i < SMB_CALLED_TEXT_SIZE - 1; i++) {
        uint8_t high = called.at[1 + 2 * i], low = called.at[2 + 2 * i];
        unsigned character = (high - (unsigned)'A') << 4 | (low - (unsigned)'A');
        bool shows = is_half(high) && is_half(low) && character >= ' ' && character < 0x7f;
        text[i] = '?';
        if (shows)
            text[i] = (char)character;
        if (text[i] != ' ')
            end = i + 1;
    }
    text[end] = '\0';
    if (text[0] == '*')
        text[0] = '\0';
}
