"""Encryption: certificates by path, and the rule that plaintext stays on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from headrace.rpc.targets import Target

if TYPE_CHECKING:
    import grpc


@dataclass(frozen=True, slots=True)
class Tls:
    """How a process proves who it is and whom it trusts.

    Attributes:
        ca_file: Certificates of the authorities to trust. On a server it makes clients show a certificate (mTLS).
        cert_file: This process's own certificate chain.
        key_file: The key of `cert_file`.
        insecure: Whether plaintext may leave this machine; only for networks that are protected by other means.
        server_name: The name to expect in a server's certificate, where it is not the host that was dialled.
    """

    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    insecure: bool = False
    server_name: str = ""

    @property
    def enabled(self) -> bool:
        """Whether any certificate is configured."""
        return bool(self.ca_file or self.cert_file)


def client_credentials(target: Target, tls: Tls) -> grpc.ChannelCredentials | None:
    """Returns what to connect to `target` with; None means plaintext.

    Raises:
        ValueError: plaintext would leave this machine, or a certificate cannot be read.
    """
    if target.path or not tls.enabled:
        _refuse_open_plaintext(target, tls, "connect to")
        return None
    # Configuration is read before anything is dialled, and must not cost what gRPC costs to import.
    import grpc

    return grpc.ssl_channel_credentials(_read(tls.ca_file), _read(tls.key_file), _read(tls.cert_file))


def server_credentials(target: Target, tls: Tls) -> grpc.ServerCredentials | None:
    """Returns what to listen on `target` with; None means plaintext.

    Raises:
        ValueError: plaintext would leave this machine, or a certificate is missing or cannot be read.
    """
    if target.path or not tls.enabled:
        _refuse_open_plaintext(target, tls, "listen on")
        return None
    key, chain = _read(tls.key_file), _read(tls.cert_file)
    if key is None or chain is None:
        raise ValueError(f"a server on {target} needs both cert_file and key_file under tls")
    authorities = _read(tls.ca_file)
    import grpc

    return grpc.ssl_server_credentials([(key, chain)], authorities, require_client_auth=authorities is not None)


def _refuse_open_plaintext(target: Target, tls: Tls, verb: str) -> None:
    if target.is_local or tls.insecure:
        return
    raise ValueError(
        f"refusing to {verb} {target} in plaintext: it is not on this machine. Give tls certificates, "
        "or set `insecure: true` under tls where the network itself is protected"
    )


def _read(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot read the TLS file {path}: {error.strerror}") from error
