#!/usr/bin/python3
"""A scripted RPC server for what no server of Debian does: DCOM, RPC over
HTTP (port 593), datagrams, Exchange's interfaces, backups. Its answers are
whole and as the specifications have them, but mean nothing.

usage: peer.py OPTION... LISTENER...

A listener is tcp:ADDRESS:PORT, http:ADDRESS:PORT (greets as RPC over HTTP
version 1 does), proxy:ADDRESS:PORT (the proxy of version 2; every channel is
opened, nothing flows), udp:ADDRESS:PORT, dns:ADDRESS:PORT. It says "ready"
when all listen.

Options:
    only=NAME,...      serve these interfaces only; else all
    map=NAME:T:PORT    the mapper knows this interface; T: tcp, udp, http
    names=TEXT,...     what ServerAlive2 tells: names and addresses; DNS: the
                       first is the name, all others are its addresses
    oxid=TEXT,...      bindings of the object exporter: "10.0.0.1[1025]"
    clustered=ADDRESS  the address of the cluster's IP Address resource
    towers=ADDRESS,... the mapper names these addresses, not the one asked
    fault=STATUS       answer every call with this fault
    nak=REASON         answer every bind with bind_nak
    bindback=ADDRESS   a message transfer agent that binds back to its caller,
                       which it takes to be there
    back=PORT          after calls on a backup interface, open this port at
                       the client and send what was backed up
"""
import itertools
import os
import socket
import struct
import sys
import threading

import bindback
import pdu

BULK = b"log " * 1500


class Server:
    def __init__(self, options):
        self.only = options.get("only", "").split(",") \
            if "only" in options else list(pdu.INTERFACES)
        self.map = {}
        for text in options.get("map", "").split(","):
            if text:
                name, transport, port = text.split(":")
                self.map[name, {"tcp": pdu.TCP, "udp": pdu.UDP,
                                "http": pdu.HTTP}[transport]] = int(port)
        self.names = options.get("names", "").split(",")
        self.oxid = options.get("oxid", "").split(",")
        self.clustered = options.get("clustered")
        self.back = int(options.get("back", 0))
        self.towers = options["towers"].split(",") \
            if "towers" in options else []
        self.fault = int(options.get("fault", "0"), 0)
        self.nak = int(options.get("nak", 0))
        self.bindback = options.get("bindback")
        self.sockets = {}
        self.groups = itertools.count(os.getpid() << 8)

    def serves(self, interface):
        return pdu.NAMES.get(interface) in self.only

    def answer(self, interface, opnum, stub, order, client, local):
        """The stub of the response."""
        name = pdu.NAMES[interface]
        if name == "epm":
            return self.answer_map(order, stub, local)
        if name in ("exporter", "activator", "remunknown"):
            import dcom
            return dcom.answer(name, opnum, self.names, self.oxid)
        if name == "clusapi":
            return self.answer_cluster(opnum)
        if name == bindback.MTA and opnum == 0 and self.bindback:
            return bytes(20) + struct.pack(
                order + "I", bindback.bind_back(self.bindback, local))
        if name == "backup" and opnum == 4 and self.back:
            return struct.pack(order + "I", self.send_bulk(client, local))
        if name == "store" and len(stub) > 1024:
            return stub[::-1] + struct.pack(order + "I", 0)
        return bytes(20) + struct.pack(order + "I", 0)

    def answer_map(self, order, stub, local):
        interface, transport = pdu.map_asked(order, stub)
        port = self.map.get((pdu.NAMES.get(interface), transport))
        if port is None:
            return pdu.map_answer(order, [])
        return pdu.map_answer(order, [
            pdu.tower(pdu.INTERFACES[pdu.NAMES[interface]], transport,
                      socket.inet_aton(address), port)
            for address in self.towers or [local]])

    def answer_cluster(self, opnum):
        """OpenCluster, OpenResource and ResourceControl of MS-CMRP 3.1.4,
        version 3."""
        handle = struct.pack("<I", 0) + bytes(range(16))
        if opnum == 0:
            return bytes(4) + handle
        if opnum == 8:
            return bytes(8) + handle
        listed = struct.pack("<I", 3)
        for key, value in (("Network", "Backup"), ("Address", self.clustered),
                           ("SubnetMask", "255.255.255.0")):
            for syntax, text in ((0x40003, key), (0x10003, value)):
                data = (text + "\0").encode("utf-16le")
                listed += struct.pack("<II", syntax, len(data)) + data
                listed += bytes(-len(listed) % 4)
            listed += struct.pack("<I", 0)
        out = struct.pack("<III", 1024, 0, len(listed)) + listed
        return out + bytes(-len(out) % 4) + struct.pack(
            "<IIII", len(listed), len(listed), 0, 0)

    def send_bulk(self, client, local):
        """The second leg: 0, or the Win32 error that the caller is told."""
        try:
            with socket.create_connection((client, self.back), 5,
                                          source_address=(local, 0)) as leg:
                leg.sendall(BULK)
                leg.shutdown(socket.SHUT_WR)
                leg.recv(1)
            return 0
        except OSError:
            return 0xC7FF1004

    # Connection oriented

    def listen_stream(self, address, port, handle):
        listener = socket.create_server((address, port), reuse_port=False)

        def run():
            while True:
                connection, client = listener.accept()
                threading.Thread(target=handle, daemon=True,
                                 args=(connection, client[0], port)).start()
        threading.Thread(target=run, daemon=True).start()

    def greet(self, connection, client, port):
        connection.sendall(b"ncacn_http/1.0")
        self.converse(connection, client, port)

    def converse(self, connection, client, port):
        local = connection.getsockname()[0]
        contexts, stub = {}, b""
        with connection:
            while (data := receive_pdu(connection)) is not None:
                got = pdu.Co(data)
                if got.kind == pdu.BIND and self.nak:
                    connection.sendall(pdu.bind_nak(got.call, self.nak))
                elif got.kind in (pdu.BIND, 14):
                    asked = list(got.contexts())
                    known = [self.serves(interface) and pdu.NDR[0] in transfers
                             for _, interface, transfers in asked]
                    contexts.update({number: interface for
                                     (number, interface, _), accepted
                                     in zip(asked, known) if accepted})
                    ack = bytearray(pdu.bind_ack(got.call, known, port,
                                                 next(self.groups)))
                    ack[2] = got.kind + 1
                    connection.sendall(ack)
                elif got.kind == pdu.REQUEST:
                    stub += got.body[8:]
                    if not got.flags & pdu.LAST_FRAG:
                        continue
                    for piece in self.serve(got, stub, contexts, client,
                                            local):
                        connection.sendall(piece)
                    stub = b""

    def serve(self, got, stub, contexts, client, local):
        _, number, opnum = struct.unpack_from(got.order + "IHH", got.body)
        if number not in contexts:
            return [pdu.co_fault(got.call, number, pdu.UNKNOWN_INTERFACE)]
        if self.fault:
            return [pdu.co_fault(got.call, number, self.fault)]
        return pdu.co_answer(got.call, number, self.answer(
            contexts[number], opnum, stub, "<", client, local))

    def proxy(self, connection, *_):
        """RPC_IN_DATA and RPC_OUT_DATA (MS-RPCH 3.2.3)."""
        with connection:
            head = b""
            while b"\r\n\r\n" not in head:
                if not (data := connection.recv(4096)):
                    return
                head += data
            if head.startswith(b"RPC_OUT_DATA"):
                # Version 2: CONN/A3 with the connection's timeout
                connection.sendall(
                    b"HTTP/1.1 200 Success\r\nContent-Type: application/rpc"
                    b"\r\nContent-Length: 1073741824\r\n\r\n" +
                    pdu.co_pdu(20, 0, struct.pack("<HHII", 0, 1, 2, 120000)))
            while connection.recv(4096):
                pass

    # Connectionless

    def listen_datagrams(self, address, port, receive):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind((address, port))
        self.sockets[address, port] = sock
        threading.Thread(target=receive, daemon=True,
                         args=(sock, address)).start()

    def receive_question(self, sock, _):
        """DNS (RFC 1035 4): an answer of all addresses to any question."""
        while True:
            data, client = sock.recvfrom(512)
            addresses = self.names[1:]
            answer = data[:2] + struct.pack(">HHHHH", 0x8580, 1,
                                            len(addresses), 0, 0) + data[12:]
            for address in addresses:
                answer += struct.pack(">HHHIH", 0xC00C, 1, 1, 300, 4) + \
                    socket.inet_aton(address)
            sock.sendto(answer, client)

    def receive(self, sock, local):
        calls = {}
        mapper = sock
        while True:
            data, client = mapper.recvfrom(8192)
            got = pdu.Cl(data)
            # The mapper hands a call for somebody else to its server
            port = self.map.get((pdu.NAMES.get(got.interface), pdu.UDP))
            sock = self.sockets.get((local, port), mapper)
            key = got.activity, got.seq
            if got.kind == pdu.REQUEST:
                if not self.serves(got.interface):
                    body = struct.pack(got.order + "I", pdu.UNKNOWN_INTERFACE)
                    sock.sendto(got.answer(pdu.REJECT, body=body).bytes(),
                                client)
                    continue
                calls.setdefault(key, {})[got.frag] = got.body
                if got.flags & pdu.CL_FRAG and not got.flags & pdu.CL_NO_FACK:
                    sock.sendto(got.fack().bytes(), client)
                if not got.flags & pdu.CL_FRAG or got.flags & pdu.CL_LAST:
                    stub = b"".join(part for _, part in
                                    sorted(calls.pop(key).items()))
                    self.reply(sock, got, stub, client, local)
            elif got.kind == pdu.PING:
                sock.sendto(got.answer(pdu.WORKING).bytes(), client)

    def reply(self, sock, got, stub, client, local):
        if not got.flags & pdu.CL_IDEMPOTENT and got.seq == 0:
            self.who_are_you(sock, got, client)
        answer = got.answer(pdu.RESPONSE, boot=0x65000000)
        out = self.answer(got.interface, got.opnum, stub, got.order,
                          client[0], local)
        for piece in pdu.cl_fragments(answer, out, 1392):
            sock.sendto(piece.bytes(), client)

    def who_are_you(self, sock, got, client):
        """The callback that proves a new client (C706 appendix P)."""
        uuid, major, minor = pdu.INTERFACES["conv"]
        ask = got.answer(pdu.REQUEST, interface=uuid, flags=pdu.CL_IDEMPOTENT |
                         pdu.CL_NO_FACK, version=major | minor << 16, opnum=0,
                         activity="5d1f0000-0000-0000-0000-000000000001",
                         seq=0, body=pdu.pack_uuid(got.order, got.activity) +
                         struct.pack(got.order + "I", 0x65000000))
        sock.sendto(ask.bytes(), client)
        sock.recvfrom(8192)


def receive_pdu(connection):
    head = receive(connection, 16)
    if head is None:
        return None
    size, = struct.unpack_from(pdu.order_of(head[4]) + "H", head, 8)
    body = receive(connection, size - 16)
    return None if body is None else head + body


def receive(connection, size):
    data = b""
    while len(data) < size:
        try:
            more = connection.recv(size - len(data))
        except OSError:
            return None
        if not more:
            return None
        data += more
    return data


def main():
    options = {}
    listeners = []
    for text in sys.argv[1:]:
        key, _, value = text.partition("=")
        if value:
            options[key] = options[key] + "," + value if key in options \
                else value
        else:
            listeners.append(text.split(":"))
    server = Server(options)
    handlers = {"tcp": server.converse, "http": server.greet,
                "proxy": server.proxy}
    for kind, address, port in listeners:
        if kind in ("udp", "dns"):
            server.listen_datagrams(address, int(port), server.receive if
                                    kind == "udp" else server.receive_question)
        else:
            server.listen_stream(address, int(port), handlers[kind])
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
