"""A storage service for each test, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from headrace.ids import RandomIds
from headrace_services.storage.store.opening import open_sqlite
from rig.storage import OpenDatabase, StorageClient, StorageService, running_storage


@pytest.fixture(params=["sqlite"])
def open_database(request: pytest.FixtureRequest, tmp_path: Path) -> OpenDatabase:
    """Opens the test's database; the same one each time."""
    return lambda clock: open_sqlite(tmp_path / "storage" / "headrace.db", clock, RandomIds())


@pytest.fixture
async def service(open_database: OpenDatabase) -> AsyncIterator[StorageService]:
    async with running_storage(open_database) as running:
        yield running


@pytest.fixture
def storage(service: StorageService) -> StorageClient:
    return service.client
