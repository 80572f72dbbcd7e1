# SPDX-License-Identifier: GPL-3.0-or-later
"""What tshark sees of DCE/RPC in a capture: a second opinion, in words that both sides can be put in.

An opinion is a dictionary of counters: "pdus" by type; "maps", one entry a map answer with its status and towers;
"contexts", one entry a result of a bind_ack or alter_context_resp; "faults", each status once a connection."""

import subprocess
from collections import Counter

PDU_NAMES = {0: "request", 1: "ping", 2: "response", 3: "fault", 4: "working", 5: "nocall", 6: "reject", 7: "ack",
             8: "cl_cancel", 9: "fack", 10: "cancel_ack", 11: "bind", 12: "bind_ack", 13: "bind_nak", 14: "alter_context",
             15: "alter_context_resp", 16: "auth3", 17: "shutdown", 18: "co_cancel", 19: "orphaned", 20: "rts"}
BIND_ACK, ALTER_CONTEXT_RESP = 12, 15
REJECTIONS = ("1", "2")  # the results that have a reason
EPT_MAP = "3"

FIELDS = ["ip.src", "ipv6.src", "tcp.srcport", "udp.srcport", "tcp.dstport", "udp.dstport", "dcerpc.pkt_type",
          "dcerpc.cn_ack_result", "dcerpc.cn_ack_reason", "dcerpc.cn_status", "dcerpc.dg_status", "epm.opnum", "epm.rc", "epm.proto.ip",
          "epm.proto.tcp_port"]
# A port number must not decide what the bytes are, and what came out of order must not be lost.
SETTINGS = ["tcp.desegment_tcp_streams:TRUE", "tcp.reassemble_out_of_order:TRUE", "tcp.try_heuristic_first:TRUE"]


def empty_opinion():
    return {"pdus": Counter(), "maps": Counter(), "contexts": Counter(), "faults": Counter()}


def map_text(status, towers):
    return " ".join([f"0x{status:08x}", *(f"{ip}:{port}" for ip, port in towers)])


def fault_text(server, port, client_port, status):
    return f"0x{status:08x} from {server}:{port} to port {client_port}"


def read_frame(frame, opinion):
    types = [int(number) for number in frame["dcerpc.pkt_type"]]
    opinion["pdus"].update(PDU_NAMES.get(number, str(number)) for number in types)
    if frame["epm.rc"] and frame["epm.opnum"][:1] == [EPT_MAP]:
        towers = zip(frame["epm.proto.ip"], frame["epm.proto.tcp_port"])
        opinion["maps"][map_text(int(frame["epm.rc"][0], 16), towers)] += 1
    reasons = iter(frame["dcerpc.cn_ack_reason"])
    answer = "alter" if ALTER_CONTEXT_RESP in types and BIND_ACK not in types else "bind"
    for result in frame["dcerpc.cn_ack_result"]:
        opinion["contexts"][f"{answer} {result}" + (f"/{next(reasons)}" if result in REJECTIONS else "")] += 1
    for status in frame["dcerpc.cn_status"] + frame["dcerpc.dg_status"]:
        server = (frame["ip.src"] + frame["ipv6.src"])[0]
        port, client_port = ((frame[f"tcp.{end}port"] + frame[f"udp.{end}port"])[0] for end in ("src", "dst"))
        text = fault_text(server, port, client_port, int(status, 16))
        opinion["faults"][text] = 1


def second_opinion(path):
    command = ["tshark", "-n", "-r", str(path), "-Y", "dcerpc && !icmp && !icmpv6", "-T", "fields", "-E", "occurrence=a",
               "-E", "aggregator=,", "-E", "separator=/t"]
    for setting in SETTINGS:
        command += ["-o", setting]
    for field in FIELDS:
        command += ["-e", field]
    # Its status is 2 for a file that is cut, of which it shows what there is.
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    opinion = empty_opinion()
    for line in lines:
        cells = [cell.split(",") if cell else [] for cell in line.split("\t")]
        read_frame(dict(zip(FIELDS, cells)), opinion)
    return opinion
