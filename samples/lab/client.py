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
    mapper-refused, mapper-silent, mapper-unreachable, mapper-fault
    pipe-refused        the server did not open the pipe

Interfaces of their own kind: lookup (the mapper: list all that it knows),
alive (DCOM: ServerAlive2), exporter (DCOM: ResolveOxid2, then a call at the
endpoint that it tells), activator (RemoteCreateInstance, likewise), both of
which end as that call does; backup (the client is told how its second leg
went: served or fault); mta (likewise, of the bind back); scan (touch the ports
FIRST to LAST of ports=FIRST-LAST), scan-mapper (ask for count=N interfaces
that nobody has); dns (ask for the server's name); proxy (open the channels of
RPC over HTTP version 2; nothing is called).

Options: sealed (NTLM, privacy), named (NTLM at the mapper too), pipe (over SMB
2.1, no mapper), pipe1 (over SMB 1), pipe3 (over SMB 3.0, which encrypts),
netbios (SMB over port 139), pipe=NAME (this pipe), together=NAME (and another
interface's pipe at the same time, in the same SMB session), mappipe (the
mapper over its pipe), udp (datagrams, scripted; also: big for a call and an
answer in fragments, reversed for big endian, forwarded for a first call that
goes to port 135), http (RPC over HTTP, version 1), listen=N (backup: await the
second leg at this port), port=N (use this port, do not ask the mapper), badop
(call a number that the interface does not have), badctx (call a context that
was never bound), bogus (bind contexts of interfaces that nobody has, too),
wait=SECONDS (before the calls), asked (ask the mapper, no more), windows
(connect to the port as Windows does, where that fails), crowd=FIRST-LAST (do
it from all the addresses 10.20.0.FIRST to LAST at once).
"""
import sys
import time

from impacket.dcerpc.v5 import drsuapi, dssp, epm, lsad, nrpc, rpcrt, samr
from impacket.dcerpc.v5.dtypes import NULL
from impacket.dcerpc.v5.transport import (HTTPTransport, SMBTransport,
                                          TCPTransport)
from impacket.smbconnection import SessionError
from impacket.uuid import uuidtup_to_bin

import others
import pdu
import tricks
from others import NOT_REGISTERED, Ended

NO_SUCH_PIPE = 0xC0000034  # STATUS_OBJECT_NAME_NOT_FOUND


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


def call_anything(dce):
    dce.call(0, bytes(24))
    dce.recv()


def scripted(name):
    uuid, major, minor = pdu.INTERFACES[name]
    return uuidtup_to_bin((uuid, f"{major}.{minor}"))


INTERFACES = {
    "netlogon": (nrpc.MSRPC_UUID_NRPC, call_netlogon),
    "samr": (samr.MSRPC_UUID_SAMR, call_samr),
    "lsarpc": (lsad.MSRPC_UUID_LSAD, call_lsarpc),
    "dssetup": (dssp.MSRPC_UUID_DSSP, call_dssetup),
    "drsuapi": (drsuapi.MSRPC_UUID_DRSUAPI, call_drsuapi),
    "store": (scripted("store"), call_anything),
    "emsmdb": (scripted("emsmdb"), call_anything),
    "clusapi": (scripted("clusapi"), others.call_cluster),
    "backup": (scripted("backup"), others.call_backup),
    "mta": (scripted("mta"), others.call_mta),
}
SMB1, SMB21, SMB3 = "NT LM 0.12", 0x0210, 0x0300


class Step:
    def __init__(self, text, password, timeout):
        self.text = text
        what, self.expected = text.rsplit("=", 1)
        what, self.address = what.rsplit("@", 1)
        self.name, *options = what.split("+")
        self.interface, self.call = INTERFACES.get(self.name, (None, None))
        self.options = dict(option.partition("=")[::2] for option in options)
        self.password = password
        self.timeout = timeout
        self.port = None
        if "port" in self.options:
            self.port = int(self.options["port"])
        elif any(option.startswith("pipe") for option in self.options):
            self.port = "pipe"

    def pipe(self, name):
        transport = SMBTransport(
            "*SMBSERVER" if "netbios" in self.options else self.address,
            139 if "netbios" in self.options else 445, "\\" + name,
            remote_host=self.address)
        transport.preferred_dialect(SMB1 if "pipe1" in self.options else
                                    SMB3 if "pipe3" in self.options else SMB21)
        return transport

    def transport(self, port):
        if port == "pipe":
            return self.pipe(self.options.get("pipe") or self.name)
        if "http" in self.options:
            return HTTPTransport(self.address, port)
        return TCPTransport(self.address, port)

    def connect(self, port, stage="", transport=None):
        transport = transport or self.transport(port)
        transport.set_connect_timeout(self.timeout)
        transport.set_credentials("Administrator", self.password, "LAB")
        dce = transport.get_dce_rpc()
        try:
            dce.connect()
        except SessionError as failure:
            if failure.getErrorCode() != NO_SUCH_PIPE:
                raise
            raise Ended("pipe-refused") from failure
        except rpcrt.DCERPCException as failure:
            cause = failure.__context__
            if isinstance(cause, ConnectionRefusedError):
                raise Ended(stage + "refused") from failure
            if isinstance(cause, TimeoutError):
                raise Ended(stage + "silent") from failure
            raise Ended(stage + "unreachable") from failure
        return dce

    def ask_mapper(self):
        if "http" in self.options:
            return self.ask_mapper_by_http()
        dce = self.connect("pipe", "", self.pipe("epmapper")) \
            if "mappipe" in self.options else self.connect(135, "mapper-")
        if "named" in self.options:
            dce.set_auth_type(rpcrt.RPC_C_AUTHN_WINNT)
            dce.set_auth_level(rpcrt.RPC_C_AUTHN_LEVEL_PKT_INTEGRITY)
        try:
            binding = epm.hept_map(self.address, self.interface,
                                   protocol="ncacn_ip_tcp", dce=dce)
        except rpcrt.DCERPCException as failure:
            if failure.get_error_code() == NOT_REGISTERED:
                raise Ended("not-registered") from failure
            raise Ended("mapper-fault") from failure
        finally:
            dce.disconnect()
        return int(binding.rsplit("[", 1)[1].rstrip("]"))

    def ask_mapper_by_http(self):
        """impacket asks for no HTTP towers."""
        dce = self.connect(593, "mapper-")
        dce.bind(epm.MSRPC_UUID_PORTMAP)
        dce.call(3, pdu.map_request("<", pdu.INTERFACES[self.name], pdu.HTTP))
        port = pdu.map_port("<", dce.recv())
        dce.disconnect()
        if port is None:
            raise Ended("not-registered")
        return port

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
        if "windows" in self.options:
            tricks.knock((self.address, self.port))
        dce = self.connect(self.port)
        try:
            if "sealed" in self.options:
                dce.set_auth_type(rpcrt.RPC_C_AUTHN_WINNT)
                dce.set_auth_level(rpcrt.RPC_C_AUTHN_LEVEL_PKT_PRIVACY)
            try:
                dce.bind(self.interface,
                         bogus_binds=2 if "bogus" in self.options else 0)
            except rpcrt.DCERPCException as failure:
                raise Ended("rejected") from failure
            time.sleep(float(self.options.get("wait", 0)))
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

    def use_together(self):
        """Two pipes, whose binds and calls take turns."""
        interface, call = INTERFACES[self.options["together"]]
        first = self.pipe(self.name)
        first.set_credentials("Administrator", self.password, "LAB")
        first = first.get_dce_rpc()
        first.connect()
        second = self.pipe(self.options["together"])
        second.set_smb_connection(first.get_rpc_transport()
                                  .get_smb_connection())
        second = second.get_dce_rpc()
        second.connect()
        first.bind(self.interface)
        second.bind(interface)
        self.call(first)
        call(second)
        self.call(first)
        first.disconnect()

    def use_object(self):
        """Ask DCOM at port 135 how an object is reached, and call it."""
        dce = self.connect(135)
        text = others.object_binding(dce, self.name)
        dce.disconnect()
        self.address, self.port = text.rstrip("]").split("[")
        self.interface, self.call = scripted("remunknown"), call_anything
        self.use()

    def act(self):
        if self.name == "lookup":
            self.look_up()
        elif self.name == "alive":
            others.server_alive(self.connect(135))
        elif self.name == "dns":
            others.ask_name(self.address, "dc1.lab.example")
        elif self.name == "scan":
            tricks.scan_ports(self.address, *self.range("ports"))
        elif self.name == "scan-mapper":
            tricks.scan_mapper(self.connect(135), int(self.options["count"]))
        elif self.name == "proxy":
            others.open_channels(self.address)
        elif self.name in ("exporter", "activator"):
            self.use_object()
        elif "together" in self.options:
            self.use_together()
        elif "asked" in self.options:
            self.ask_mapper()
        elif "udp" in self.options:
            others.call_by_datagrams(self)
        elif "listen" in self.options:
            with others.Listener(int(self.options["listen"])):
                self.port = self.port or self.ask_mapper()
                self.use()
        else:
            self.port = self.port or self.ask_mapper()
            self.use()

    def range(self, option):
        return tuple(map(int, self.options[option].split("-")))

    def end(self):
        try:
            self.act()
            return "served"
        except Ended as end:
            return str(end)

    def run(self):
        if "crowd" not in self.options:
            return self.end()
        first, last = self.range("crowd")
        return tricks.crowd(
            [f"10.20.0.{host}" for host in range(first, last + 1)],
            lambda: Step(self.text, self.password, self.timeout).end())


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
