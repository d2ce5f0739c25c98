"""What `headrace dev` is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from headrace.workspace import WorkspaceFlags


@dataclass(frozen=True, slots=True)
class DevOptions:
    """How to start everything.

    Attributes:
        workspace: What the command line says about code locations.
        host: The interface to listen on.
        web_port: Where JSON over HTTP and metrics are served; 0 for a free port.
        grpc_port: Where gRPC is served; 0 for a free port.
        home: The instance's directory; None for `HEADRACE_HOME`, else `.headrace` here.
        log_level: The least level of the services' own log lines that is written.
        log_format: `human` or `json`.
    """

    workspace: WorkspaceFlags = field(default_factory=WorkspaceFlags)
    host: str = "127.0.0.1"
    web_port: int = 3000
    grpc_port: int = 4270
    home: Path | None = None
    log_level: str = "WARNING"
    log_format: str = "human"
