"""A storage service for each test, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from headrace.ids import RandomIds
from headrace_services.storage.store.opening import open_postgres, open_sqlite
from rig.storage import OpenDatabase, StorageClient, StorageService, running_storage


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def open_database(request: pytest.FixtureRequest, tmp_path: Path) -> OpenDatabase:
    """Opens the test's database; the same one each time."""
    if request.param == "sqlite":
        return lambda clock: open_sqlite(tmp_path / "storage" / "headrace.db", clock, RandomIds())
    url = request.getfixturevalue("postgres_url")
    return lambda clock: open_postgres(url, RandomIds())


@pytest.fixture
async def service(open_database: OpenDatabase) -> AsyncIterator[StorageService]:
    async with running_storage(open_database) as running:
        yield running


@pytest.fixture
def storage(service: StorageService) -> StorageClient:
    return service.client
