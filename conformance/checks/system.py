"""config.md, config-linux.md: host name, domain name, sysctl, network devices."""

import kernel
from bundle import DELETE, without_namespace
from harness import Skipped, add, check

# Names and sysctl -----------------------------------------------------------------------------------


@check("hostname.set", "config.md#hostname", "hostname is the hostname as seen by processes in the container")
def _(t):
    t.equal(t.report({"hostname": "mrsdalloway"})["hostname"], "mrsdalloway", "the hostname")


@check("hostname.unset", "config.md#hostname", "hostname is optional")
def _(t):
    t.require(t.report({"hostname": DELETE})["hostname"], "the hostname is empty")


@check("hostname.too-long", "runtime.md#create", "a property that cannot be applied must generate an error")
def _(t):
    t.refused({"hostname": "x" * 65})


@check("domainname.set", "config.md#domainname", "domainname is the domainname as seen in the container", since="1.1")
def _(t):
    t.equal(t.report({"domainname": "example.test"})["domainname"], "example.test", "the domainname")


SYSCTLS = (("net", "net.ipv4.ip_forward", "1"), ("slashes", "net/ipv4/ip_forward", "1"),
           ("ipc", "kernel.shm_rmid_forced", "1"), ("mqueue", "fs.mqueue.msg_max", "7"))

for _name, _key, _value in SYSCTLS:
    def _sysctl(t, name=_key, value=_value):
        path = "/proc/sys/" + (name if "/" in name else name.replace(".", "/"))
        t.equal(t.shell(f"cat {path}", {"linux.sysctl": {name: value}}).strip(), value, name)
    add(f"sysctl.{_name}", "config-linux.md#sysctl", "sysctl modifies kernel parameters for the container", _sysctl,
        todo="runc does not know this form of sysctl(8)" if _name == "slashes" else "")


@check("sysctl.not-on-host", "config-linux.md#sysctl", "sysctl modifies parameters for the container: not the host's")
def _(t):
    with open("/proc/sys/kernel/msgmax") as file:
        before = file.read()
    t.report({"linux.sysctl": {"kernel.msgmax": "12345"}})
    with open("/proc/sys/kernel/msgmax") as file:
        t.equal(file.read(), before, "kernel.msgmax on the host")


@check("sysctl.unknown", "runtime.md#create", "a property that cannot be applied must generate an error")
def _(t):
    t.refused({"linux.sysctl": {"net.no_such_parameter": "1"}})


@check("sysctl.inherited-namespace", "config-linux.md#sysctl",
       "sysctl is for the container: in a namespace that it shares with the host it is an error", level="SHOULD")
def _(t):
    with open("/proc/sys/net/ipv4/ip_default_ttl") as file:
        same = file.read().strip()
    t.refused({"linux.namespaces": without_namespace("network"), "linux.sysctl": {"net.ipv4.ip_default_ttl": same}})


# Network devices ------------------------------------------------------------------------------------

NETWORK = "config-linux.md#network-devices"


def interface(t, name):
    """A network interface in a network namespace of our own, which the runtime then runs in."""
    kernel.unshare(kernel.CLONE_NEWNET)
    if t.helper("ip", "link", "add", name, "type", "veth", "peer", "name", "conf1").wait() != 0:
        raise Skipped("the kernel makes no virtual network interfaces")
    t.helper("ip", "addr", "add", "192.0.2.7/24", "dev", name).wait()


@check("net-devices.move", NETWORK, "netDevices must be made available in the container, with their addresses, and up",
       since="1.3", needs=("program:ip",))
def _(t):
    interface(t, "conf0")
    text = t.shell("cat /sys/class/net/conf0/flags; cat /proc/net/fib_trie", {
        "linux.netDevices": {"conf0": {}},
        "mounts+": {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["ro"]}})
    t.require(text.startswith("0x"), "the interface is not there")
    t.require(int(text.split()[0], 16) & 1, "the interface is not up")
    t.require("192.0.2.7" in text, "the address did not come along")


@check("net-devices.rename", NETWORK, "name is the name of the device inside the container", since="1.3",
       needs=("program:ip",))
def _(t):
    interface(t, "conf0")
    text = t.shell("cat /proc/net/dev", {"linux.netDevices": {"conf0": {"name": "inner0"}}})
    t.require("inner0:" in text and "conf0:" not in text, f"the interfaces are {text}")


@check("net-devices.missing", NETWORK, "a device that can't be moved is an error", since="1.3")
def _(t):
    t.refused({"linux.netDevices": {"nosuchdev0": {}}})


@check("net-devices.name-taken", NETWORK, "a name that exists in the container already must generate an error",
       since="1.3", needs=("program:ip",))
def _(t):
    interface(t, "conf0")
    t.refused({"linux.netDevices": {"conf0": {"name": "lo"}}})
