"""Clients that are not the usual one: Windows' way to repeat a SYN, many
clients at once, scanners."""
import random
import socket
import struct
import threading
import time
import uuid

from impacket.dcerpc.v5 import epm

import pdu
from others import Ended

# Windows 2000 to 2012: three SYNs, again half a second after a RST; after
# silence when 3 and 9 seconds have passed
AFTER_RST = 0.5
AFTER_SILENCE = 3, 6
SYN, RST = 2, 4
OPTIONS = bytes.fromhex("020405b40103030801010402")  # MSS, scale, SACK


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def syn(source, target, sequence):
    """A SYN as Windows sends it; source and target are (address, port)."""
    tcp = struct.pack(">HHIIBBHHH", source[1], target[1], sequence, 0,
                      (20 + len(OPTIONS)) // 4 << 4, SYN, 8192, 0, 0) + OPTIONS
    pseudo = socket.inet_aton(source[0]) + socket.inet_aton(target[0]) + \
        struct.pack(">HH", socket.IPPROTO_TCP, len(tcp))
    return tcp[:16] + struct.pack(">H", checksum(pseudo + tcp)) + tcp[18:]


def own_address(target):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(target)
        return sock.getsockname()[0]


def is_refused(raw, source, target, seconds):
    """Whether a RST for this connect comes within some seconds."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        raw.settimeout(left)
        try:
            data, (sender, _) = raw.recvfrom(65536)
        except TimeoutError:
            return False
        tcp = data[(data[0] & 15) * 4:]
        if sender == target[0] and tcp[13] & RST and \
                struct.unpack_from(">HH", tcp) == (target[1], source[1]):
            return True
    return False


def knock(target):
    """Connect as Windows does, to where it must fail: the same SYN from the
    same port, again and again. The kernel has the port reserved for us."""
    with socket.socket() as reserved, \
            socket.socket(socket.AF_INET, socket.SOCK_RAW,
                          socket.IPPROTO_TCP) as raw:
        reserved.bind((own_address(target), 0))
        source = reserved.getsockname()
        packet = syn(source, target, random.randrange(1 << 32))
        for wait in (*AFTER_SILENCE, 1):
            raw.sendto(packet, target)
            refused = is_refused(raw, source, target, wait)
            if refused:
                time.sleep(AFTER_RST)
    raise Ended("refused" if refused else "silent")


# Many clients at once, each from an address of its own

SOURCE = threading.local()


class FromSource(socket.socket):
    def connect(self, address):
        if getattr(SOURCE, "address", None):
            self.bind((SOURCE.address, 0))
        super().connect(address)


def crowd(addresses, run):
    """Call run from all these addresses at the same time: its outcome, or
    all its outcomes where they differ."""
    socket.socket = FromSource
    outcomes = set()
    start = threading.Barrier(len(addresses))

    def one(address):
        SOURCE.address = address
        start.wait()
        try:
            outcomes.add(run())
        except Exception as failure:  # shown by the one who started us
            outcomes.add(repr(failure))

    threads = [threading.Thread(target=one, args=(address,))
               for address in addresses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return " and ".join(sorted(outcomes))


# Scanners

def scan_ports(address, first, last):
    """Touch ports. What listens is closed again at once."""
    for port in range(first, last + 1):
        with socket.socket() as sock:
            sock.settimeout(1)
            sock.connect_ex((address, port))


def scan_mapper(dce, count):
    """Ask the mapper for interfaces that nobody has, over one connection."""
    dce.bind(epm.MSRPC_UUID_PORTMAP)
    for _ in range(count):
        dce.call(3, pdu.map_request("<", (str(uuid.uuid4()), 1, 0), pdu.TCP))
        if pdu.map_port("<", dce.recv()) is not None:
            raise Ended("registered")
    dce.disconnect()
