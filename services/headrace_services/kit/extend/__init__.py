"""What a deployment may write itself, and name in its instance file by `module`, `class` and `config`.

Subclass one of these in a module that the service can import. The class is made once, with `config` as keyword arguments,
when the service starts; `{env: NAME}` in it is replaced by the variable's value.
"""

from __future__ import annotations

from headrace_services.kit.extend.loading import load_custom
from headrace_services.kit.extend.run_launcher import Launch, RunLauncher, WorkerGoneError
from headrace_services.kit.extend.run_policy import RunPolicy, WaitingRun

__all__ = ["Launch", "RunLauncher", "RunPolicy", "WaitingRun", "WorkerGoneError", "load_custom"]
