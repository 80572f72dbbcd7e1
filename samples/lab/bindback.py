"""The second half of a message transfer agent's bind: the server that was
called becomes the client, asks the mapper of who called it, and calls there
(MtaBindBack)."""
import socket
import struct

import pdu

MTA = "mta"
BIND_BACK = 1
FAILED = 1722  # RPC_S_SERVER_UNAVAILABLE


def receive(connection):
    head = connection.recv(16, socket.MSG_WAITALL)
    if len(head) < 16:
        raise ConnectionError("closed")
    size, = struct.unpack_from("<H", head, 8)
    return pdu.Co(head + connection.recv(size - 16, socket.MSG_WAITALL))


def call(source, target, interface, opnum, stub):
    """Connect, bind and call once: the stub of the answer."""
    with socket.create_connection(target, 5, (source, 0)) as connection:
        connection.sendall(pdu.bind(1, pdu.INTERFACES[interface]))
        if receive(connection).kind != pdu.BIND_ACK:
            raise ConnectionError("not bound")
        connection.sendall(pdu.co_request(2, 0, opnum, stub))
        answer = receive(connection)
        if answer.kind != pdu.RESPONSE:
            raise ConnectionError("not answered")
        return answer.body[8:]


def bind_back(client, local):
    """0, or the Win32 error of the connection back to the client."""
    try:
        told = call(local, (client, 135), "epm", 3, pdu.map_request(
            "<", pdu.INTERFACES[MTA], pdu.TCP))
        port = pdu.map_port("<", told)
        call(local, (client, port), MTA, BIND_BACK, bytes(24))
        return 0
    except OSError:
        return FAILED
