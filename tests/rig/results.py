"""What the steps of a run computed, read from where its I/O manager says that it has stored it."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

from headrace.client import Client


def output_of(client: Client, run_id: str, step_key: str) -> Any:
    """Returns the one output of a step."""
    (stored,) = client.events(run_id, kinds=["output_stored"], step_key=step_key)
    return pickle.loads(Path(stored.detail["metadata"]["path"]).read_bytes())
