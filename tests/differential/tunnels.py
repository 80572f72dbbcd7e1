# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames of every link type and tunnel that bindsight opens, each with a TCP segment inside: FRAMES, by name."""

import struct
from ipaddress import ip_address

SEGMENT = struct.pack("!HHIIBBHHH", 50000, 135, 0x01020304, 0x0a0b0c0d, 0x50, 0x18, 512, 0, 0) + b"hello, world"
MACS = bytes.fromhex("020000000001" "020000000002")
IPV4, IPV6, MPLS, BRIDGED = 0x0800, 0x86dd, 0x8847, 0x6558


def u16(value):
    return struct.pack("!H", value)


def u32(value):
    return struct.pack("!I", value)


def ip4(protocol, payload, net="10.0.0", ident=0, place=0):
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), ident, place, 64, protocol, 0)
    head += ip_address(f"{net}.1").packed + ip_address(f"{net}.2").packed
    total = sum(struct.unpack("!10H", head))
    total = (total & 0xffff) + (total >> 16)
    return head[:10] + u16(~(total + (total >> 16)) & 0xffff) + head[12:] + payload


def ip6(protocol, payload, net="2001:db8::"):
    addresses = ip_address(f"{net}1").packed + ip_address(f"{net}2").packed
    return u32(6 << 28) + u16(len(payload)) + bytes([protocol, 64]) + addresses + payload


def udp(port, payload):
    return struct.pack("!HHHH", 12345, port, 8 + len(payload), 0) + payload


def ethernet(ethertype, payload, tags=()):
    return MACS + b"".join(u16(kind) + u16(vlan) for kind, vlan in tags) + u16(ethertype) + payload


def gre(flags, kind, fields, payload):
    return ethernet(IPV4, ip4(47, u16(flags) + u16(kind) + fields + payload, "192.0.2"))


def pppoe(protocol, payload):
    return bytes([0x11, 0, 0, 1]) + u16(2 + len(payload)) + u16(protocol) + payload


def pktap(link, name, payload):
    head = struct.pack("<III", 108, 1, link) + name.ljust(24, b"\0") + struct.pack("<IIII", 0, 2, 0, 0)
    return head.ljust(108, b"\0") + payload


def pieces4(protocol, payload, size, net="10.0.0"):
    return [ip4(protocol, payload[at:at + size], net, 7, at // 8 | (0x2000 if at + size < len(payload) else 0))
            for at in range(0, len(payload), size)]


def pieces6(protocol, payload, size):
    return [ip6(44, bytes([protocol, 0]) + u16(at | (at + size < len(payload))) + u32(7) + payload[at:at + size])
            for at in range(0, len(payload), size)]


P4, P6 = ip4(6, SEGMENT), ip6(6, SEGMENT)
E4, E6 = ethernet(IPV4, P4), ethernet(IPV6, P6, [(0x8100, 5)])
LABELS = u32(16 << 12 | 64) + u32(17 << 12 | 0x100 | 64)
VXLAN = u32(0x08000000) + u32(5 << 8)
SNAP = bytes.fromhex("aaaa03000000")
AH = bytes([6, 4]) + bytes(22)

FRAMES = {
    "ethernet": (1, [E4, E6, ethernet(IPV4, P4, [(0x88a8, 7), (0x8100, 5)])]),
    "802.3 with SNAP": (1, [MACS + u16(8 + len(P4)) + SNAP + u16(IPV4) + P4]),
    "mpls": (1, [ethernet(MPLS, LABELS + P4), ethernet(MPLS, LABELS + P6)]),
    "pseudowire": (1, [ethernet(MPLS, LABELS + u32(0) + E4), ethernet(MPLS, LABELS + E6)]),
    "pppoe": (1, [ethernet(0x8864, pppoe(0x21, P4)), ethernet(0x8864, pppoe(0x57, P6), [(0x8100, 5)])]),
    "null": (0, [struct.pack("<I", 2) + P4, struct.pack("<I", 30) + P6]),
    "ppp": (9, [b"\xff\x03" + u16(0x21) + P4, u16(0x57) + P6, b"\x21" + P4]),
    "ppp hdlc": (50, [b"\xff\x03" + u16(0x21) + P4]),
    "pppoe link": (51, [pppoe(0x21, P4)]),
    "raw": (101, [P4, P6]),
    "cisco hdlc": (104, [b"\x0f\0" + u16(IPV4) + P4, b"\x8f\0" + u16(IPV6) + P6]),
    "sll": (113, [u16(0) + u16(1) + u16(6) + MACS[6:] + u16(0) + u16(kind) + rest
                  for kind, rest in ((IPV4, P4), (IPV6, P6), (0x8864, pppoe(0x21, P4)), (4, SNAP + u16(IPV4) + P4))]),
    "mpls link": (219, [LABELS + P4]),
    "nflog": (239, [b"\2\0\0\0" + struct.pack("<HH", 8, 1) + bytes(4) + struct.pack("<HH", 4 + len(P4), 9) + P4]),
    "pktap": (258, [pktap(1, b"en0", E4), pktap(0, b"lo0", struct.pack("<I", 30) + P6)]),
    "sll2": (276, [u16(IPV6) + bytes(2) + u32(3) + u16(1) + bytes([0, 6]) + MACS[6:] + bytes(2) + P6]),
    "ip in ip": (101, [ip4(4, P4, "192.0.2"), ip4(41, P6, "192.0.2"), ip6(4, P4, "fd00::"), ip6(41, P6, "fd00::")]),
    "mpls in ip": (101, [ip4(137, LABELS + P4, "192.0.2")]),
    "ah": (101, [ip4(51, AH + SEGMENT), ip6(51, AH + SEGMENT)]),
    "gre": (1, [gre(0, IPV4, b"", P4), gre(0, IPV6, b"", P6), gre(0xb000, IPV4, bytes(4) + u32(5) + u32(1), P4),
                gre(0x2000, BRIDGED, u32(0x507), E4), gre(0, MPLS, b"", LABELS + P4)]),
    "erspan": (1, [gre(0, 0x88be, b"", E4), gre(0x1000, 0x88be, u32(1) + u32(0x10050864) + u32(1), E4),
                   gre(0x1000, 0x22eb, u32(1) + u32(0x20050864) + u32(1) + u32(0), E6),
                   gre(0x1000, 0x22eb, u32(1) + u32(0x20050864) + u32(1) + u32(1) + bytes(8), E4)]),
    "vxlan": (1, [ethernet(IPV4, ip4(17, udp(4789, VXLAN + E4), "192.0.2")),
                  ethernet(IPV6, ip6(17, udp(4789, VXLAN + E6), "fd00::"))]),
    "geneve": (1, [ethernet(IPV4, ip4(17, udp(6081, u16(0) + u16(BRIDGED) + u32(5 << 8) + E4), "192.0.2")),
                   ethernet(IPV4, ip4(17, udp(6081, u16(0x200) + u16(IPV6) + u32(5 << 8) + u32(0x10201) + bytes(4) + P6),
                                      "192.0.2"))]),
    "nested": (1, [gre(0, IPV4, b"", ip4(17, udp(4789, VXLAN + ethernet(MPLS, LABELS + P4)), "198.51.100")),
                   ethernet(IPV4, ip4(4, ip4(4, ip4(41, P6, "203.0.113"), "198.51.100"), "192.0.2"))]),
    "fragments": (101, pieces4(6, SEGMENT, 16) + pieces6(6, SEGMENT, 8)[::-1]),
    "fragments of vxlan": (101, pieces4(17, udp(4789, VXLAN + E4), 48, "192.0.2")),
    "options behind a fragment header": (101, pieces6(60, bytes([6, 0, 1, 4]) + bytes(4) + SEGMENT, 16)),
}
