# SPDX-License-Identifier: GPL-3.0-or-later
"""What tshark sees of what facts tell, as sets of short texts by aspect, each with the frame where it is to be seen:
"pdus", "pipes", "bindings", "interfaces", "names", "links". facts.py puts facts in the same words."""

import calendar
import subprocess
import time

# A port number must not decide what the bytes are, and what came out of order must not be lost.
SETTINGS = ["tcp.desegment_tcp_streams:TRUE", "tcp.reassemble_out_of_order:TRUE", "tcp.try_heuristic_first:TRUE"]
PDU_NAMES = {0: "request", 2: "response", 3: "fault", 6: "reject", 11: "bind", 12: "bind_ack", 13: "bind_nak",
             14: "alter_context", 15: "alter_context_resp"}
CREATE, NT_CREATE_ANDX = "5", "0xa2"
BINDS = ("bind", "alter_context")


CHALLENGE = "ntlmssp.challenge.target_info."
NTLM = {CHALLENGE + "nb_computer_name": "ntlm_computer", CHALLENGE + "nb_domain_name": "ntlm_domain",
        CHALLENGE + "dns_computer_name": "ntlm_dns_computer", CHALLENGE + "dns_domain_name": "ntlm_dns_domain"}
FIELDS = ["frame.number", "tcp.stream", "dcerpc.ver", "dcerpc.pkt_type", "dcerpc.cn_call_id",
          "smb2.cmd", "smb2.msg_id", "smb2.flags.response", "smb2.tree", "smb2.filename", "smb2.nt_status",
          "smb.cmd", "smb.flags.response", "smb.path", "smb.file", "smb.file_type", "smb.nt_status",
          "dcom.dualstringarray.network_addr", *NTLM, "ntlmssp.messagetype", "smb2.server_guid", "smb.server_guid",
          "smb2.boot_time", "smb2.windows.sockaddr.in.addr", "smb2.windows.sockaddr.in6.addr",
          "nbns.name", "nbns.addr", "nbns.flags.rcode", "nbns.nb_flags.group", "udp.srcport", "dns.flags.response", "dns.resp.name",
          "dns.resp.type", "kerberos.ap_req_element", "kerberos.SNameString", "frame.protocols", "arp.src.proto_ipv4",
          "arp.src.hw_mac"]
WANTED = ("dcerpc || smb2.cmd == 5 || smb.cmd == 0xa2 || ntlmssp.messagetype == 2 || smb2.server_guid || "
          "smb.server_guid || smb2.windows.sockaddr.family || nbns.addr || dns.a || dns.aaaa || kerberos.ap_req_element || arp")


def rows(path):
    """The frames that matter, each a dictionary of lists."""
    command = ["tshark", "-n", "-r", str(path), "-Y", WANTED, "-T", "fields", "-E", "occurrence=a",
               "-E", "aggregator=;", "-E", "separator=/t"]
    for setting in SETTINGS:
        command += ["-o", setting]
    for field in FIELDS:
        command += ["-e", field]
    # Its status is 2 for a file that is cut, of which it shows what there is.
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    return [dict(zip(FIELDS, (cell.split(";") if cell else [] for cell in line.split("\t")))) for line in lines]


def last(values, default=""):
    return values[-1] if values else default


def is_set(values):
    return last(values) in ("1", "True")


DATAGRAM_CALL = "by datagrams"


def pdu_text(frame, kind, number):
    return f"frame {frame}: {kind}, call {number}"


def pdus(seen):
    """Every PDU by its frame. Facts number the calls over datagrams by themselves."""
    found = set()
    for row in seen:
        numbers = iter(row["dcerpc.cn_call_id"])
        for version, kind in zip(row["dcerpc.ver"], row["dcerpc.pkt_type"]):
            number = DATAGRAM_CALL if version == "4" else next(numbers, "")
            if int(kind) in PDU_NAMES:
                found.add(pdu_text(row["frame.number"][0], PDU_NAMES[int(kind)], number))
    return found


def pipe_text(frame, name, status):
    return f"frame {frame}: {name.lstrip(chr(92)).lower()}: 0x{status:08x}"


def creates_smb2(seen):
    """Answers to CREATEs in IPC$, each with the name that was asked for."""
    asked = {}
    for row in seen:
        names, statuses, trees = iter(row["smb2.filename"]), iter(row["smb2.nt_status"]), iter(row["smb2.tree"])
        for command, number, response in zip(row["smb2.cmd"], row["smb2.msg_id"], row["smb2.flags.response"]):
            key = last(row["tcp.stream"]), number
            tree = next(trees, "")
            if command != CREATE:
                if response in ("1", "True"):
                    next(statuses, "")
                continue
            if response in ("1", "True"):
                status = int(next(statuses, "0"), 16)
                if key in asked and status != 0x103:
                    yield row["frame.number"][0], asked.pop(key), status
            elif tree.upper().endswith("IPC$") or not tree:
                asked[key] = next(names, "")


def creates_smb1(seen):
    for row in seen:
        to_pipes = last(row["smb.path"], "IPC$").upper().endswith("IPC$") and last(row["smb.file_type"], "2") == "2"
        if NT_CREATE_ANDX in row["smb.cmd"] and is_set(row["smb.flags.response"]) and to_pipes:
            yield row["frame.number"][0], last(row["smb.file"]), int(last(row["smb.nt_status"], "0"), 16)


def pipes(seen):
    return {pipe_text(*create) for creates in (creates_smb1, creates_smb2) for create in creates(seen)}


def bindings_text(frame, texts):
    return f"frame {frame}: {' '.join(texts)}"


def bindings(seen):
    return {bindings_text(row["frame.number"][0], row["dcom.dualstringarray.network_addr"])
            for row in seen if row["dcom.dualstringarray.network_addr"] and "2" in row["dcerpc.pkt_type"]}


def interfaces_text(frame, addresses):
    return f"frame {frame}: {' '.join(sorted(addresses))}"


def interfaces(seen):
    """Addresses of an SMB server's network interfaces; tshark tells them by family."""
    both = (row["smb2.windows.sockaddr.in.addr"] + row["smb2.windows.sockaddr.in6.addr"] for row in seen)
    return {interfaces_text(row["frame.number"][0], found) for row, found in zip(seen, both) if found}


def name_text(frame, source, name):
    return f"frame {frame}: {source} {name}"


def swapped(guid):
    """tshark shows the octets of SMB 1's in their order."""
    first, second, third, *rest = guid.split("-")
    return "-".join([bytes.fromhex(part)[::-1].hex() for part in (first, second, third)] + rest)


def filetime(shown):
    """tshark shows a FILETIME as "Feb 25, 2022 15:49:13.369135400 UTC"."""
    seconds, fraction = shown.removesuffix(" UTC").split(".")
    since_1970 = calendar.timegm(time.strptime(seconds, "%b %d, %Y %H:%M:%S"))
    return f"{(since_1970 + 11644473600) * 10**7 + int(fraction[:7]):016x}"


def is_zero(shown):
    """That is how tshark shows a FILETIME of 0, which says nothing."""
    return not shown[0].isalpha() or shown.startswith("Jan  1, 1970 00:00:00.0")


def server_names(seen):
    for row in seen:
        frame = row["frame.number"][0]
        for field, source in NTLM.items() if "0x00000002" in row["ntlmssp.messagetype"] else ():
            yield from ((frame, source, name) for name in row[field])
        yield from ((frame, "smb_guid", guid) for guid in row["smb2.server_guid"])
        yield from ((frame, "smb_guid", swapped(guid)) for guid in row["smb.server_guid"])
        yield from ((frame, "smb_start", filetime(shown)) for shown in row["smb2.boot_time"] if not is_zero(shown))


def netbios_names(seen):
    """Of positive answers and registrations, those of addresses; no groups."""
    for row in seen:
        if row["nbns.addr"] and last(row["nbns.flags.rcode"], "0") in ("0", "0x0") and \
                not is_set(row["nbns.nb_flags.group"]):
            yield row["frame.number"][0], "netbios", last(row["nbns.name"]).split(">")[0].strip() + ">"


A, CNAME, AAAA, SRV = "1", "5", "28", "33"


def dns_names(seen):
    """tshark has other names for the owners of SRV records."""
    for row in seen:
        if "53" not in row["udp.srcport"] or not is_set(row["dns.flags.response"]):
            continue
        kinds = [kind for kind in row["dns.resp.type"] if kind != SRV]
        if {A, AAAA} & set(kinds):
            for name, kind in zip(row["dns.resp.name"], kinds):
                if kind in (A, AAAA, CNAME):
                    yield row["frame.number"][0], "dns", name.lower()


def tickets(seen):
    """Of tickets that are shown within SMB or RPC."""
    for row in seen:
        layers = last(row["frame.protocols"]).split(":")
        if row["kerberos.ap_req_element"] and {"smb", "smb2", "dcerpc"} & set(layers):
            yield row["frame.number"][0], "kerberos_service", "/".join(row["kerberos.SNameString"])


def names(seen):
    return {name_text(*name) for source in (server_names, netbios_names, dns_names, tickets) for name in source(seen)}


def link_text(frame, ip, mac):
    return f"frame {frame}: {ip} is at {mac}"


def links(seen):
    return {link_text(row["frame.number"][0], row["arp.src.proto_ipv4"][0], row["arp.src.hw_mac"][0])
            for row in seen if row["arp.src.hw_mac"] and row["arp.src.proto_ipv4"] not in ([], ["0.0.0.0"])}


READERS = {"pdus": pdus, "pipes": pipes, "bindings": bindings, "interfaces": interfaces, "names": names, "links": links}


def opinion(path):
    """By aspect."""
    seen = rows(path)
    return {aspect: read(seen) for aspect, read in READERS.items()}
