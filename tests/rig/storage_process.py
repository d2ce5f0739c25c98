"""Storage in a process of its own, to be killed: `python -m rig.storage_process HOME ADDRESS [POSTGRES_URL]`."""

from __future__ import annotations

import sys
from pathlib import Path

from headrace.settings import Secret
from headrace_services.kit.app import App, run_app
from headrace_services.kit.config import InstanceConfig
from headrace_services.kit.config.components import PostgresStorage, SqliteStorage
from headrace_services.storage.main import build


def main(home: str, address: str, url: str = "") -> None:
    storage = PostgresStorage(postgres_url=Secret(value=url)) if url else SqliteStorage()
    run_app(App(InstanceConfig(home=Path(home), storage=storage), {"storage": build}, address))


if __name__ == "__main__":
    main(*sys.argv[1:])
