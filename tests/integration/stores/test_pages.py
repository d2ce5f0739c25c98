"""The pages about stores and about output of steps: their tables name what there is."""

from __future__ import annotations

import dataclasses
import importlib
import re
from pathlib import Path

from headrace.errors import LogUnreadableError
from headrace.integrations.objects.compute_logs import UploadedLogs
from headrace.settings.document import parse_yaml
from headrace_services.kit.config import parse_instance
from headrace_services.kit.config.registry import kinds
from rig.pages import DOCS, blocks

STORES = (DOCS / "stores.md").read_text()
LOGS = (DOCS / "compute-logs.md").read_text()
ROOMS = ("aws", "azure", "duckdb", "gcp", "parquet", "tables")


def settings_of(kind: str) -> set[str]:
    module, _, name = kinds("compute_logs")[kind].settings.partition(":")
    return {field.name for field in dataclasses.fields(getattr(importlib.import_module(module), name))}


def test_the_names_of_the_page_are_in_the_rooms() -> None:
    there = {name for room in ROOMS for name in importlib.import_module(f"headrace.integrations.{room}").__all__}
    named = set(re.findall(r"`(\w+(?:IOManager|_io_manager|Resource|_resource|TypeHandler|DbClient))`", STORES))
    assert named <= there
    assert {name for name in there if name.endswith(("IOManager", "_io_manager"))} - named == {
        "ConfigurablePickledObjectADLS2IOManager",
        "ConfigurablePickledObjectGCSIOManager",
        "ConfigurablePickledObjectS3IOManager",
    }


def test_the_example_of_an_instance_file_is_read(tmp_path: Path) -> None:
    (block,) = blocks("compute-logs.md", "yaml")
    logs = parse_instance(parse_yaml(block, "headrace.yaml"), tmp_path).compute_logs
    assert isinstance(logs, UploadedLogs)
    assert (logs.prefix, logs.upload_interval) == ("compute-log", 2.0)


def test_the_tables_name_every_manager_and_every_setting() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", LOGS, re.MULTILINE))
    shared = {field.name for field in dataclasses.fields(UploadedLogs)}
    assert shared <= set(rows)
    documented = {kind for kind, component in kinds("compute_logs").items() if component.settings}
    assert documented == {"s3", "obstore_s3", "azure", "obstore_azure", "gcs", "obstore_gcs"}
    for kind in documented:
        assert settings_of(kind) - shared <= set(re.findall(r"`(\w+)`", rows[kind])), kind
        assert f"| `{kind}` |" in LOGS
    assert LogUnreadableError.reason in LOGS
