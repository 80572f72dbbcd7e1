"""DCE/RPC as bytes, for the lab's scripted peers: what Samba and impacket do
not speak. C706 chapters 12 and 14 and appendix L, MS-RPCE 2.2.

Orders: "<" little endian, ">" big endian, as struct has them.
"""
import struct
import uuid

REQUEST, PING, RESPONSE, FAULT, WORKING, NOCALL, REJECT, ACK = range(8)
FACK, BIND, BIND_ACK, BIND_NAK = 9, 11, 12, 13
FIRST_FRAG, LAST_FRAG = 1, 2
CL_LAST, CL_FRAG, CL_NO_FACK, CL_IDEMPOTENT = 2, 4, 8, 32
UNKNOWN_INTERFACE = 0x1C010003
NOT_REGISTERED = 0x16C9A0D6
NDR = "8a885d04-1ceb-11c9-9fe8-08002b104860", 2, 0
TCP, UDP, HTTP = 7, 8, 0x1F  # floors of a tower

# name: uuid, major version, minor version
INTERFACES = {
    "epm": ("e1af8308-5d1f-11c9-91a4-08002b14a0fa", 3, 0),
    "exporter": ("99fcfec4-5260-101b-bbcb-00aa0021347a", 0, 0),
    "activator": ("000001a0-0000-0000-c000-000000000046", 0, 0),
    "remunknown": ("00000143-0000-0000-c000-000000000046", 0, 0),
    "clusapi": ("b97db8b2-4c63-11cf-bff6-08002be23f2f", 3, 0),
    "backup": ("ecec0d70-a603-11d0-96b1-00a0c91ece30", 1, 0),
    "store": ("a4f1db00-ca47-1067-b31e-00dd010662da", 1, 0),
    "mta": ("9e8ee830-4459-11ce-979b-00aa005ffebe", 2, 0),
    "emsmdb": ("a4f1db00-ca47-1067-b31f-00dd010662da", 0, 81),
    "samr": ("12345778-1234-abcd-ef00-0123456789ac", 1, 0),
    "conv": ("333a2276-0000-0000-0d00-00809c000000", 3, 0),
}
NAMES = {value[0]: name for name, value in INTERFACES.items()}


def pack_uuid(order, text):
    value = uuid.UUID(text)
    return value.bytes_le if order == "<" else value.bytes


def unpack_uuid(order, data):
    return str(uuid.UUID(bytes_le=data) if order == "<" else
               uuid.UUID(bytes=data))


def pack_syntax(order, syntax):
    return pack_uuid(order, syntax[0]) + struct.pack(order + "HH", *syntax[1:])


# Connection oriented, version 5

def order_of(drep):
    return "<" if drep & 0x10 else ">"


def co_pdu(kind, call, body, flags=FIRST_FRAG | LAST_FRAG):
    return struct.pack("<BBBB4sHHI", 5, 0, kind, flags, b"\x10\0\0\0",
                       16 + len(body), 0, call) + body


class Co:
    """A PDU that came over a stream."""

    def __init__(self, data):
        self.kind, self.flags, self.order = data[2], data[3], order_of(data[4])
        self.call, = struct.unpack_from(self.order + "I", data, 12)
        self.body = data[16:]

    def contexts(self):
        """Of a bind: (id, uuid, transfer syntaxes' uuids)."""
        at = 12
        for _ in range(self.body[8]):
            number, syntaxes = struct.unpack_from(self.order + "HB",
                                                  self.body, at)
            transfers = [unpack_uuid(self.order,
                                     self.body[at + 24 + 20 * i:][:16])
                         for i in range(syntaxes)]
            yield (number, unpack_uuid(self.order, self.body[at + 4:at + 20]),
                   transfers)
            at += 24 + 20 * syntaxes


def bind_ack(call, results, port, group):
    """results: accepted or not, for each context."""
    name = str(port).encode() + b"\0"
    body = struct.pack("<HHIH", 4280, 4280, group, len(name)) + name
    body += bytes(-len(body) % 4) + struct.pack("<I", len(results))
    for accepted in results:
        body += struct.pack("<HH", 0, 0) + pack_syntax("<", NDR) \
            if accepted else struct.pack("<HH20x", 2, 1)
    return co_pdu(BIND_ACK, call, body)


def bind(call, interface):
    return co_pdu(BIND, call, struct.pack("<HHIB3xHBx", 4280, 4280, 0, 1, 0, 1)
                  + pack_syntax("<", interface) + pack_syntax("<", NDR))


def bind_nak(call, reason):
    """With the versions that are supported: 5.0."""
    return co_pdu(BIND_NAK, call, struct.pack("<HBBB3x", reason, 1, 5, 0))


def co_request(call, context, opnum, stub):
    return co_pdu(REQUEST, call,
                  struct.pack("<IHH", len(stub), context, opnum) + stub)


def co_answer(call, context, stub, largest=4280):
    """The fragments of a response."""
    room = largest - 24
    for at in range(0, max(len(stub), 1), room):
        flags = (FIRST_FRAG if at == 0 else 0) | \
            (LAST_FRAG if at + room >= len(stub) else 0)
        yield co_pdu(RESPONSE, call,
                     struct.pack("<IHBB", len(stub), context, 0, 0) +
                     stub[at:at + room], flags)


def co_fault(call, context, status):
    return co_pdu(FAULT, call,
                  struct.pack("<IHBBII", 32, context, 0, 0, status, 0))


# Connectionless, version 4

class Cl:
    """A PDU in a datagram."""

    def __init__(self, data=None, **values):
        self.order, self.flags, self.flags2, self.serial = "<", 0, 0, 0
        self.object = str(uuid.UUID(int=0))
        self.boot, self.seq, self.opnum, self.frag = 0, 0, 0, 0
        self.body = b""
        if data:
            self.read(data)
        self.__dict__.update(values)

    def read(self, data):
        self.kind, self.flags, self.flags2 = data[1:4]
        self.order = order = order_of(data[4])
        self.object, self.interface, self.activity = (
            unpack_uuid(order, data[at:at + 16]) for at in (8, 24, 40))
        (self.boot, self.version, self.seq, self.opnum, _, _, size,
         self.frag) = struct.unpack_from(order + "IIIHHHHH", data, 56)
        self.serial = data[7] << 8 | data[79]
        self.body = data[80:80 + size]

    def bytes(self):
        order = self.order
        return bytes([4, self.kind, self.flags, self.flags2,
                      0x10 if order == "<" else 0, 0, 0, self.serial >> 8]) + \
            pack_uuid(order, self.object) + \
            pack_uuid(order, self.interface) + \
            pack_uuid(order, self.activity) + \
            struct.pack(order + "IIIHHHHHBB", self.boot, self.version,
                        self.seq, self.opnum, 0xFFFF, 0xFFFF, len(self.body),
                        self.frag, 0, self.serial & 0xFF) + self.body

    def answer(self, kind, **values):
        """A PDU about the same call, in its own byte order."""
        same = {key: self.__dict__[key] for key in (
            "order", "object", "interface", "version", "activity", "boot",
            "seq", "opnum", "serial")}
        return Cl(kind=kind, **{**same, **values})

    def fack(self):
        body = struct.pack(self.order + "BBHIIHH", 0, 0, 8, 4096, 1472,
                           self.serial, 0)
        return self.answer(FACK, frag=self.frag, body=body)


def cl_fragments(pdu, stub, size):
    """The fragments of a call or an answer; the last one wants no fack."""
    if len(stub) <= size:
        yield pdu.answer(pdu.kind, flags=pdu.flags | CL_NO_FACK, body=stub)
        return
    for number, at in enumerate(range(0, len(stub), size)):
        last = at + size >= len(stub)
        yield pdu.answer(pdu.kind, flags=pdu.flags | CL_FRAG |
                         (CL_LAST if last else 0), frag=number, serial=number,
                         body=stub[at:at + size])


# Endpoint mapper

def floor(left, right):
    return struct.pack("<H", len(left)) + left + \
        struct.pack("<H", len(right)) + right


def syntax_floor(syntax):
    return floor(b"\x0d" + pack_uuid("<", syntax[0]) +
                 struct.pack("<H", syntax[1]), struct.pack("<H", syntax[2]))


def tower(interface, transport, ip=b"\0\0\0\0", port=0):
    protocol = b"\x0a" if transport == UDP else b"\x0b"
    return struct.pack("<H", 5) + syntax_floor(interface) + \
        syntax_floor(NDR) + floor(protocol, b"\0\0") + \
        floor(bytes([transport]), struct.pack(">H", port)) + floor(b"\x09", ip)


def map_request(order, interface, transport):
    """Stub of ept_map, as Windows asks: 4 towers at most."""
    asked = tower(interface, transport)
    return struct.pack(order + "I16xIII", 1, 2, len(asked), len(asked)) + \
        asked + bytes(-len(asked) % 4) + bytes(20) + \
        struct.pack(order + "I", 4)


def map_asked(order, stub):
    """(interface's uuid, transport) of a map_request."""
    at = 4 if stub[:4] == bytes(4) else 20
    asked = stub[at + 12:]
    size, = struct.unpack_from(order + "I", stub, at + 4)
    asked = asked[:size]
    left = 2 + 25 + 25 + 7
    return unpack_uuid("<", asked[5:21]), asked[left + 2]


def map_answer(order, towers):
    stub = bytes(20) + struct.pack(order + "IIII", len(towers), 4, 0,
                                   len(towers))
    stub += b"".join(struct.pack(order + "I", 3 + i)
                     for i in range(len(towers)))
    for told in towers:
        stub += struct.pack(order + "II", len(told), len(told)) + told
        stub += bytes(-len(stub) % 4)
    return stub + struct.pack(order + "I", 0 if towers else NOT_REGISTERED)


def map_port(order, stub):
    """The port of the first tower, or None."""
    count, = struct.unpack_from(order + "I", stub, 32)
    if not count:
        return None
    told = stub[36 + 4 * count + 8:]
    return struct.unpack_from(">H", told, 2 + 25 + 25 + 7 + 5)[0]


# DCOM (MS-DCOM 2.2.19)

def dual_strings(texts):
    """A DUALSTRINGARRAY of TCP bindings, NTLM as the only security."""
    strings = b"".join(struct.pack("<H", TCP) + text.encode("utf-16le") +
                       b"\0\0" for text in texts) + b"\0\0"
    security = struct.pack("<HH", 10, 0xFFFF) + b"\0\0" + b"\0\0"
    entries = (len(strings) + len(security)) // 2
    return struct.pack("<HH", entries, len(strings) // 2) + strings + security
