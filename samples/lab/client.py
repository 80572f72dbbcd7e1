#!/usr/bin/python3
"""The client of the lab: does what a backup job does, once per step.

usage: client.py PASSWORD TIMEOUT STEP...

A step is INTERFACE[+OPTION...]@ADDRESS=OUTCOME. The client asks the endpoint
mapper at ADDRESS for the interface, connects to the port that it is told (at
the same address, as every RPC client does), binds, and calls. It exits with 1
when a step ends in anything but its OUTCOME:

    served              the call was answered
    fault               the call was answered with a fault
    rejected            the bind was rejected
    refused             the port refused the connection (RST)
    silent              the port did not answer within TIMEOUT seconds
    unreachable         an ICMP error came back
    not-registered      the mapper does not know the interface
    mapper-refused, mapper-silent, mapper-unreachable

The interface lookup is the mapper's own: list all that it knows.

Options: sealed (NTLM, privacy), named (NTLM at the mapper too), pipe (over
SMB 2.1, no mapper), pipe3 (over SMB 3.0, which encrypts), port=N (use this
port, do not ask the mapper), badop (call a number that the interface does not
have), badctx (call a context that was never bound).
"""
import sys

from impacket.dcerpc.v5 import drsuapi, dssp, epm, lsad, nrpc, rpcrt, samr
from impacket.dcerpc.v5.dtypes import NULL
from impacket.dcerpc.v5.transport import SMBTransport, TCPTransport

NOT_REGISTERED = 0x16C9A0D6


def call_netlogon(dce):
    nrpc.hNetrServerReqChallenge(dce, NULL, "CLIENT\0", b"12345678")


def call_samr(dce):
    server = samr.hSamrConnect(dce)["ServerHandle"]
    samr.hSamrEnumerateDomainsInSamServer(dce, server)
    samr.hSamrCloseHandle(dce, server)


def call_lsarpc(dce):
    lsad.hLsarOpenPolicy2(dce)


def call_dssetup(dce):
    dssp.hDsRolerGetPrimaryDomainInformation(dce, 1)


def call_drsuapi(dce):
    extensions = drsuapi.DRS_EXTENSIONS_INT()
    for field in ("dwFlags", "Pid", "dwReplEpoch", "dwFlagsExt", "dwExtCaps"):
        extensions[field] = 0
    extensions["SiteObjGuid"] = drsuapi.NULLGUID
    extensions["ConfigObjGUID"] = drsuapi.NULLGUID
    extensions["cb"] = len(extensions)
    bind = drsuapi.DRSBind()
    bind["puuidClientDsa"] = drsuapi.NTDSAPI_CLIENT_GUID
    bind["pextClient"]["cb"] = len(extensions)
    bind["pextClient"]["rgb"] = list(extensions.getData())
    handle = dce.request(bind)["phDrs"]
    drsuapi.hDRSDomainControllerInfo(dce, handle, "LAB\0", 2)
    drsuapi.hDRSUnbind(dce, handle)


INTERFACES = {
    "netlogon": (nrpc.MSRPC_UUID_NRPC, call_netlogon),
    "samr": (samr.MSRPC_UUID_SAMR, call_samr),
    "lsarpc": (lsad.MSRPC_UUID_LSAD, call_lsarpc),
    "dssetup": (dssp.MSRPC_UUID_DSSP, call_dssetup),
    "drsuapi": (drsuapi.MSRPC_UUID_DRSUAPI, call_drsuapi),
}


class Ended(Exception):
    """A step came to its end before it was served."""


class Step:
    def __init__(self, text, password, timeout):
        what, self.expected = text.rsplit("=", 1)
        what, self.address = what.rsplit("@", 1)
        self.name, *self.options = what.split("+")
        self.interface, self.call = INTERFACES.get(self.name, (None, None))
        self.password = password
        self.timeout = timeout
        self.port = None
        for option in self.options:
            if option.startswith("pipe"):
                self.port = "pipe"
            elif option.startswith("port="):
                self.port = int(option[5:])

    def connect(self, port, stage=""):
        if port == "pipe":
            transport = SMBTransport(self.address, 445, "\\" + self.name)
            transport.preferred_dialect(
                0x0300 if "pipe3" in self.options else 0x0210)
        else:
            transport = TCPTransport(self.address, port)
        transport.set_connect_timeout(self.timeout)
        transport.set_credentials("Administrator", self.password, "LAB")
        dce = transport.get_dce_rpc()
        try:
            dce.connect()
        except rpcrt.DCERPCException as failure:
            cause = failure.__context__
            if isinstance(cause, ConnectionRefusedError):
                raise Ended(stage + "refused") from failure
            if isinstance(cause, TimeoutError):
                raise Ended(stage + "silent") from failure
            raise Ended(stage + "unreachable") from failure
        return dce

    def ask_mapper(self):
        dce = self.connect(135, "mapper-")
        if "named" in self.options:
            dce.set_auth_type(rpcrt.RPC_C_AUTHN_WINNT)
            dce.set_auth_level(rpcrt.RPC_C_AUTHN_LEVEL_PKT_INTEGRITY)
        try:
            binding = epm.hept_map(self.address, self.interface,
                                   protocol="ncacn_ip_tcp", dce=dce)
        except rpcrt.DCERPCException as failure:
            if failure.get_error_code() == NOT_REGISTERED:
                raise Ended("not-registered") from failure
            raise
        finally:
            dce.disconnect()
        return int(binding.rsplit("[", 1)[1].rstrip("]"))

    def look_up(self):
        dce = self.connect(135, "mapper-")
        try:
            epm.hept_lookup(self.address, dce=dce)
        except rpcrt.DCERPCException as failure:
            # This status also ends a list
            if failure.get_error_code() != NOT_REGISTERED:
                raise
        finally:
            dce.disconnect()

    def use(self):
        dce = self.connect(self.port)
        try:
            if "sealed" in self.options:
                dce.set_auth_type(rpcrt.RPC_C_AUTHN_WINNT)
                dce.set_auth_level(rpcrt.RPC_C_AUTHN_LEVEL_PKT_PRIVACY)
            try:
                dce.bind(self.interface)
            except rpcrt.DCERPCException as failure:
                raise Ended("rejected") from failure
            try:
                if "badop" in self.options:
                    dce.call(999, b"")
                    dce.recv()
                elif "badctx" in self.options:
                    dce.set_ctx_id(7)
                    dce.call(0, b"")
                    dce.recv()
                else:
                    self.call(dce)
            except rpcrt.DCERPCException as failure:
                raise Ended("fault") from failure
        finally:
            dce.disconnect()

    def run(self):
        try:
            if self.name == "lookup":
                self.look_up()
                return "served"
            if self.port is None:
                self.port = self.ask_mapper()
            self.use()
            return "served"
        except Ended as end:
            return str(end)


def main():
    password, timeout, *steps = sys.argv[1:]
    for text in steps:
        step = Step(text, password, float(timeout))
        outcome = step.run()
        print(step.name, step.address, step.port or "-", outcome, flush=True)
        if outcome != step.expected:
            sys.exit(f"client: {text} ended {outcome}")


if __name__ == "__main__":
    main()
