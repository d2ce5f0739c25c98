"""Where a server listens and a client connects: `host:port` or `unix:path`."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed address; `host` is empty for a Unix socket, `path` for a network address."""

    host: str = ""
    port: int = 0
    path: str = ""

    @property
    def is_local(self) -> bool:
        """Whether nothing but this machine can see what is said there."""
        if self.path or self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        if self.path:
            return f"unix:{self.path}"
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
    if colon and host and port.isdecimal() and int(port) <= 65535 and "/" not in host:
        return Target(host=host, port=int(port))
    raise ValueError(f"{text!r} is not an address: write host:port, such as 127.0.0.1:4270, or unix:path")
