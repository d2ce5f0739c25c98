"""Output of steps is kept for as long as the instance says."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path

from headrace_services.gateway.log_retention import LogRetention, forget_folders

NOW = datetime(2026, 1, 10, tzinfo=timezone.utc)


def written(directory: Path, run_id: str, *days_ago: float) -> None:
    (directory / run_id).mkdir(parents=True)
    for number, days in enumerate(days_ago):
        file = directory / run_id / f"step.{number}.out"
        file.write_text("said")
        moment = (NOW - timedelta(days=days)).timestamp()
        os.utime(file, (moment, moment))
    oldest = (NOW - timedelta(days=max(days_ago))).timestamp()
    os.utime(directory / run_id, (oldest, oldest))


async def test_what_runs_wrote_is_removed_when_all_of_it_is_old(tmp_path: Path) -> None:
    written(tmp_path, "old", 9, 8)
    written(tmp_path, "recent", 9, 1)
    await LogRetention(partial(forget_folders, tmp_path), 7).tick(NOW)
    assert os.listdir(tmp_path) == ["recent"]


async def test_nothing_is_removed_where_nothing_was_written(tmp_path: Path) -> None:
    await LogRetention(partial(forget_folders, tmp_path / "nowhere"), 7).tick(NOW)
