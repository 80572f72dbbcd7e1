"""DCOM's answers, packed by impacket, whose structures are the client's too."""
import struct

from impacket.dcerpc.v5 import dcomrt
from impacket.dcerpc.v5.dtypes import NULL
from impacket.uuid import string_to_bin, uuidtup_to_bin

import pdu

OXID = 0x0123456789ABCDEF
IPID = string_to_bin("00000800-0000-0000-c000-000000000001")
CLASS = string_to_bin("4991d34b-80a1-4291-83b6-3328366b9097")  # BITS
IID = uuidtup_to_bin(("5ce34c0d-0dc9-4c1f-897c-daa1b78cee7c", "0.0"))


def fill(bindings, texts):
    """A DUALSTRINGARRAY of impacket."""
    data = pdu.dual_strings(texts)
    entries, security = struct.unpack_from("<HH", data)
    bindings["wNumEntries"] = entries
    bindings["wSecurityOffset"] = security
    bindings["aStringArray"] = list(struct.unpack_from(f"<{entries}H", data, 4))


def version(value):
    value["MajorVersion"], value["MinorVersion"] = 5, 7


def that(value):
    value["ORPCthat"]["flags"] = 0
    value["ORPCthat"]["extensions"] = NULL


def server_alive(names):
    out = dcomrt.ServerAlive2Response()
    version(out["pComVersion"])
    fill(out["ppdsaOrBindings"], names)
    out["pReserved"] = NULL
    out["ErrorCode"] = 0
    return out


def resolve(opnum, oxid):
    out = dcomrt.ResolveOxid2Response() if opnum == 4 else \
        dcomrt.ResolveOxidResponse()
    fill(out["ppdsaOxidBindings"], oxid)
    out["pipidRemUnknown"] = IPID
    out["pAuthnHint"] = 1
    if opnum == 4:
        version(out["pComVersion"])
    out["ErrorCode"] = 0
    return out


def padded(data):
    return data + bytes(-len(data) % 8)


def reply_info(oxid):
    info = dcomrt.ScmReplyInfoData()
    info["pdwReserved"] = 0
    reply = info["remoteReply"]
    reply["Oxid"] = OXID
    fill(reply["pdsaOxidBindings"], oxid)
    reply["ipidRemUnknown"] = IPID
    reply["authnHint"] = 1
    version(reply["serverVersion"])
    return padded(info.getData() + info.getDataReferents())


def props_out():
    """PropsOutInfo of one interface, byte by byte (MS-DCOM 2.2.22.2.9)."""
    standard = struct.pack("<4sI", b"MEOW", 1) + IID[:16] + struct.pack(
        "<IIQQ", 0, 5, OXID, 0x1122) + IPID + pdu.dual_strings([""])[:4] + \
        bytes(8)
    body = struct.pack("<IIII", 1, 0x20000, 0x20004, 0x20008)
    body += struct.pack("<I", 1) + IID[:16]
    body += struct.pack("<II", 1, 0)
    body += struct.pack("<II", 1, 0x2000C)
    body += struct.pack("<II", len(standard), len(standard)) + standard
    body += bytes(-len(body) % 8)
    return struct.pack("<BBHI", 1, 0x10, 8, 0xCCCCCCCC) + \
        struct.pack("<II", len(body), 0) + body


def create_instance(oxid):
    blob = dcomrt.ACTIVATION_BLOB()
    blob["CustomHeader"]["destCtx"] = 2
    blob["CustomHeader"]["pdwReserved"] = NULL
    for clsid, data in ((dcomrt.CLSID_PropsOutInfo, props_out()),
                        (dcomrt.CLSID_ScmReplyInfo, reply_info(oxid))):
        item = dcomrt.CLSID()
        item["Data"] = clsid
        blob["CustomHeader"]["pclsid"].append(item)
        size = dcomrt.DWORD()
        size["Data"] = len(data)
        blob["CustomHeader"]["pSizes"].append(size)
        blob["Property"] = (blob["Property"] or b"") + data
    ref = dcomrt.OBJREF_CUSTOM()
    ref["iid"] = dcomrt.IID_IActivationPropertiesOut[:-4]
    ref["clsid"] = dcomrt.CLSID_ActivationPropertiesOut
    ref["pObjectData"] = blob.getData()
    ref["ObjectReferenceSize"] = len(ref["pObjectData"]) + 8
    data = ref.getData()
    out = dcomrt.RemoteCreateInstanceResponse()
    that(out)
    out["ppActProperties"]["ulCntData"] = len(data)
    out["ppActProperties"]["abData"] = list(data)
    out["ErrorCode"] = 0
    return out


def answer(name, opnum, names, oxid):
    """The stub of a response."""
    if name == "exporter" and opnum == 5:
        out = server_alive(names)
    elif name == "exporter" and opnum in (0, 4):
        out = resolve(opnum, oxid)
    elif name == "activator" and opnum == 4:
        out = create_instance(oxid)
    else:
        return bytes(12)
    return out.getData()
