"""What the lab's client does beside RPC over TCP and pipes: datagrams, DCOM,
backups, the cluster, names, RPC over HTTP version 2."""
import socket
import struct
import threading
import uuid

from impacket.dcerpc.v5 import dcomrt
from impacket.dcerpc.v5.rpcrt import DCERPCException

import pdu

NOT_REGISTERED = 0x16C9A0D6


class Ended(Exception):
    """A step came to its end before it was served."""


# DCOM

def server_alive(dce):
    dcomrt.IObjectExporter(dce).ServerAlive2()
    dce.disconnect()


def object_binding(dce, interface):
    """The first string binding of an object, "address[port]"."""
    if interface == "exporter":
        told = dcomrt.IObjectExporter(dce).ResolveOxid2(1, (pdu.TCP,))
        return told[0]["aNetworkAddr"].rstrip("\0")
    activator = dcomrt.IRemoteSCMActivator(dce)
    found = activator.RemoteCreateInstance(
        uuid.UUID("4991d34b-80a1-4291-83b6-3328366b9097").bytes_le,
        uuid.UUID("5ce34c0d-0dc9-4c1f-897c-daa1b78cee7c").bytes_le + bytes(4))
    return found.get_cinstance().get_string_bindings()[0][
        "aNetworkAddr"].rstrip("\0")


# The cluster's resources (MS-CMRP 3.1.4): OpenCluster, OpenResource,
# ResourceControl with CLUSCTL_RESOURCE_GET_PRIVATE_PROPERTIES

def call_cluster(dce):
    dce.call(0, b"")
    dce.recv()
    name = "Backup Address\0"
    dce.call(8, struct.pack("<III", len(name), 0, len(name)) +
             name.encode("utf-16le"))
    handle = dce.recv()[-20:]
    dce.call(73, handle + struct.pack("<IIII", 0x01000081, 0, 0, 1024))
    dce.recv()


# Backup: prepare, open, read until the server has sent all, close, end

class Listener:
    """Awaits the second leg and reads it to its end."""

    def __init__(self, port):
        self.socket = socket.create_server(("", port))

    def __enter__(self):
        threading.Thread(target=self.read, daemon=True).start()

    def __exit__(self, *_):
        self.socket.close()

    def read(self):
        leg, _ = self.socket.accept()
        with leg:
            while leg.recv(65536):
                pass


def call_backup(dce):
    for opnum, size in ((0, 64), (3, 48), (4, 24), (5, 8), (1, 4)):
        dce.call(opnum, bytes(size))
        status, = struct.unpack("<I", dce.recv()[-4:])
        if status:
            raise DCERPCException(error_code=status)


def call_mta(dce):
    """MtaBind; the answer says how the bind back to us went."""
    dce.call(0, bytes(48))
    status, = struct.unpack("<I", dce.recv()[-4:])
    if status:
        raise DCERPCException(error_code=status)


# Datagrams

class Datagrams:
    def __init__(self, address, port, timeout, order):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(timeout / 5)
        self.timeout = timeout
        self.waiting = None
        self.address, self.port = address, port
        self.order = order
        self.activity = str(uuid.uuid4())
        self.seq = 0

    def connected(self):
        """Hear of ICMP errors, and of nobody else."""
        self.socket.connect((self.address, self.port))
        return self

    def receive(self):
        """The next PDU. A call that nothing comes of is sent again."""
        for tries in range(1, 5):
            try:
                return pdu.Cl(self.socket.recv(8192))
            except ConnectionRefusedError as failure:
                raise Ended("refused") from failure
            except TimeoutError:
                if self.waiting is None:
                    break
                self.waiting.serial += 1
                self.socket.settimeout(self.timeout * tries / 5)
                self.socket.send(self.waiting.bytes())
        raise Ended("silent")

    def call(self, interface, opnum, stub, flags=pdu.CL_IDEMPOTENT):
        """The stub of the answer."""
        name, major, minor = pdu.INTERFACES[interface]
        request = pdu.Cl(kind=pdu.REQUEST, order=self.order, interface=name,
                         version=major | minor << 16, activity=self.activity,
                         seq=self.seq, opnum=opnum, flags=flags)
        pieces = list(pdu.cl_fragments(request, stub, 1392))
        for piece in pieces:
            self.socket.send(piece.bytes())
            if len(pieces) > 1 and not piece.flags & pdu.CL_LAST:
                self.receive()
        self.waiting = pieces[-1]
        self.seq += 1
        return self.answer(request)

    def answer(self, request):
        parts = {}
        count = None
        while count is None or len(parts) < count:
            got = self.receive()
            if got.kind == pdu.REJECT:
                raise Ended("rejected")
            if got.kind == pdu.FAULT:
                raise Ended("fault")
            if got.kind == pdu.REQUEST:
                self.be_known(got)
            if got.kind != pdu.RESPONSE:
                continue
            parts[got.frag] = got.body
            if not got.flags & pdu.CL_FRAG:
                count = 1
            elif got.flags & pdu.CL_LAST:
                count = got.frag + 1
            if got.flags & pdu.CL_FRAG:
                self.socket.send(got.fack().bytes())
        if not request.flags & pdu.CL_IDEMPOTENT:
            self.socket.send(request.answer(pdu.ACK).bytes())
        return b"".join(part for _, part in sorted(parts.items()))

    def be_known(self, got):
        """Answer the server that asks who we are."""
        body = struct.pack(got.order + "II", self.seq - 1, 0)
        self.socket.send(got.answer(pdu.RESPONSE, flags=pdu.CL_NO_FACK,
                                    body=body).bytes())

    def forwarded(self, interface):
        """The first call: the answer comes from the server's own port."""
        uuid_, major, minor = pdu.INTERFACES[interface]
        request = pdu.Cl(kind=pdu.REQUEST, order=self.order, interface=uuid_,
                         version=major | minor << 16, opnum=2, seq=0,
                         activity=self.activity, body=bytes(16),
                         flags=pdu.CL_IDEMPOTENT | pdu.CL_NO_FACK)
        self.socket.sendto(request.bytes(), (self.address, self.port))
        _, answerer = self.socket.recvfrom(8192)
        self.socket.connect(answerer)
        self.seq = 1


def call_by_datagrams(step):
    order = ">" if "reversed" in step.options else "<"
    if "forwarded" in step.options:
        service = Datagrams(step.address, 135, step.timeout, order)
        service.forwarded(step.name)
        service.call(step.name, 2, bytes(16))
        return
    if step.port is None:
        mapper = Datagrams(step.address, 135, step.timeout,
                           order).connected()
        try:
            told = mapper.call("epm", 3, pdu.map_request(
                order, pdu.INTERFACES[step.name], pdu.UDP))
        except Ended as end:
            raise Ended(f"mapper-{end}") from end
        step.port = pdu.map_port(order, told)
        if step.port is None:
            raise Ended("not-registered")
    service = Datagrams(step.address, step.port, step.timeout,
                        order).connected()
    size = 3000 if "big" in step.options else 40
    service.call(step.name, 1, bytes(range(250)) * (size // 250 or 1), 0)
    service.call(step.name, 2, bytes(16))


# DNS (RFC 1035): the addresses of a name

def ask_name(address, name):
    labels = b"".join(bytes([len(part)]) + part.encode()
                      for part in name.split("."))
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(5)
    sock.sendto(struct.pack(">HHHHHH", 0x4C42, 0x0100, 1, 0, 0, 0) + labels +
                b"\0" + struct.pack(">HH", 1, 1), (address, 53))
    sock.recv(512)


# RPC over HTTP, version 2 (MS-RPCH 3.2.3.5): the two channels are opened

def open_channels(address):
    cookie = uuid.uuid4().bytes
    for verb, length, commands in (
            ("RPC_IN_DATA", 1073741824,
             [(6, struct.pack("<I", 1)), (3, cookie), (3, uuid.uuid4().bytes),
              (4, struct.pack("<I", 1073741824)), (5, struct.pack("<I", 0)),
              (12, uuid.uuid4().bytes)]),
            ("RPC_OUT_DATA", 76,
             [(6, struct.pack("<I", 1)), (3, cookie), (3, uuid.uuid4().bytes),
              (0, struct.pack("<I", 262144))])):
        body = struct.pack("<HH", 0, len(commands)) + b"".join(
            struct.pack("<I", kind) + value for kind, value in commands)
        sock = socket.create_connection((address, 80))
        sock.sendall(f"{verb} /rpc/rpcproxy.dll?node1:6001 HTTP/1.1\r\n"
                     f"Accept: application/rpc\r\nHost: {address}\r\n"
                     f"User-Agent: MSRPC\r\nContent-Length: {length}\r\n"
                     "\r\n".encode() + pdu.co_pdu(20, 0, body))
        if verb == "RPC_OUT_DATA":
            sock.recv(4096)
        sock.close()
