"""Where a server listens and a client connects: `host:port` or `unix:path`."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed address; `host` is empty for a Unix socket, `path` for a network address.

    Attributes:
        others: Where else the same is served, by IP addresses of one family; a name stands for all of its addresses.
    """

    host: str = ""
    port: int = 0
    path: str = ""
    others: tuple[Target, ...] = ()

    @property
    def is_local(self) -> bool:
        """Whether nothing but this machine can see what is said there."""
        if not all(other.is_local for other in self.others):
            return False
        if self.path or self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        if self.path:
            return f"unix:{self.path}"
        if self.others:
            scheme = "ipv6" if ":" in self.host else "ipv4"
            return f"{scheme}:{','.join(str(each) for each in (replace(self, others=()), *self.others))}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_target(text: str) -> Target:
    """Reads `host:port`, `[ipv6]:port`, `unix:path` or `unix:///path`.

    Raises:
        ValueError: it is none of them; the message says what would be right.
    """
    if text.startswith("unix:"):
        path = text.removeprefix("unix:").removeprefix("//")
        if path:
            return Target(path=path)
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") if host.startswith("[") else host
    if colon and host and port.isdecimal() and int(port) <= 65535 and not set("/,") & set(host):
        return Target(host=host, port=int(port))
    raise ValueError(f"{text!r} is not an address: write host:port, such as 127.0.0.1:4270, or unix:path")


def parse_targets(text: str) -> Target:
    """Reads where something is called: an address, or those of all replicas with commas between them.

    Raises:
        ValueError: it is neither; the message says what would be right.
    """
    first, *others = map(parse_target, text.split(","))
    families = {_family(each) for each in (first, *others)}
    if others and families not in ({4}, {6}):
        raise ValueError(f"{text!r}: several addresses must be IP addresses of one family, or give one name for all")
    return replace(first, others=tuple(others))


def _family(target: Target) -> int:
    """Returns the family of an IP address; 0 for anything else."""
    try:
        return ipaddress.ip_address(target.host).version
    except ValueError:
        return 0
