# SPDX-License-Identifier: GPL-3.0-or-later
"""Captures read and written by the tests that change what is in them."""

import struct

ETHERNET = 1
MICROSECOND, SECOND = 1000, 1000000000
IPV4 = b"\x08\x00"


def read(path):
    """The frames of a little-endian Ethernet pcap as (nanoseconds, bytes); None for any other file."""
    data = path.read_bytes()
    units = {0xa1b2c3d4: MICROSECOND, 0xa1b23c4d: 1}.get(struct.unpack_from("<I", data)[0])
    if units is None or struct.unpack_from("<I", data, 20)[0] != ETHERNET:
        return None
    frames, at = [], 24
    while at < len(data):
        seconds, rest, captured, wire = struct.unpack_from("<IIII", data, at)
        if captured != wire:
            return None
        frames.append((seconds * SECOND + rest * units, data[at + 16:at + 16 + captured]))
        at += 16 + captured
    return frames


def pcap(frames, link=ETHERNET):
    out = [struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, link)]
    for time, frame in frames:
        out += [struct.pack("<IIII", time // SECOND, time % SECOND, len(frame), len(frame)), frame]
    return b"".join(out)


def goes_up(frame):
    """One direction of each conversation."""
    return frame[26:30] < frame[30:34] if frame[12:14] == IPV4 else frame[22:38] < frame[38:54]


def is_ip(frame):
    return frame[12:14] in (IPV4, b"\x86\xdd")
