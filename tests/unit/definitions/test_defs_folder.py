"""Projects whose definitions are in the modules of one folder."""

from __future__ import annotations

import itertools
import textwrap
from pathlib import Path

import pytest

import headrace as dg
from headrace_codeloc.code.finder import find_definitions
from headrace_codeloc.code.loader import load_location
from headrace_codeloc.options import CodeSource

_numbers = itertools.count()
ASSET = "import headrace as dg\n@dg.asset\ndef {name}(): ...\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = f"defs_project_{next(_numbers)}"
    write(tmp_path / "pyproject.toml", f'[tool.dg.project]\nroot_module = "{package}"\n')
    for folder in (package, f"{package}/defs", f"{package}/defs/sales", f"{package}/defs/shop"):
        write(tmp_path / "src" / folder / "__init__.py", "")
    monkeypatch.syspath_prepend(tmp_path / "src")
    defs = tmp_path / "src" / package / "defs"
    write(defs / "loose.py", ASSET.format(name="loose"))
    write(defs / "sales/assets.py", ASSET.format(name="sold"))
    write(
        defs / "sales/schedules.py",
        """
        import headrace as dg

        @dg.lazy_definitions
        def weekly():
            return dg.Definitions(
                schedules=[dg.ScheduleDefinition(name="weekly", target="*", cron_schedule="@weekly")], resources={"a": 1}
            )
        """,
    )
    write(defs / "shop/definitions.py", ASSET.format(name="shop_asset") + "defs = dg.Definitions(assets=[shop_asset])")
    write(defs / "shop/helpers.py", ASSET.format(name="never_loaded"))
    write(
        tmp_path / "src" / package / "definitions.py",
        """
        from pathlib import Path
        import headrace as dg

        @dg.lazy_definitions
        def defs():
            return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
        """,
    )
    return tmp_path / "src" / package


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")


def test_everything_in_the_folder_is_one(project: Path) -> None:
    defs = dg.load_from_defs_folder(path_within_project=project)
    names = {spec.key.to_user_string() for spec in defs.resolve_all_asset_specs()}
    assert names == {"loose", "sold", "shop_asset"}
    assert defs.resolve_schedule_def("weekly").cron_schedule == "@weekly"


def test_a_location_finds_what_makes_them(project: Path) -> None:
    location = load_location(CodeSource(module=f"{project.name}.definitions"))
    assert len(location.definitions.resolved.asset_graph.keys) == 3


def test_a_project_may_name_its_folder_and_be_described_in_its_own_file(project: Path) -> None:
    root = project.parents[1]
    (root / "pyproject.toml").unlink()
    write(root / "dg.toml", f'[project]\nroot_module = "{project.name}"\ndefs_module = "{project.name}.defs.sales"\n')
    assert len(list(dg.load_from_defs_folder(project_root=root).resolve_all_asset_specs())) == 1


def test_components_are_refused_by_name(project: Path) -> None:
    write(project / "defs/sales/defs.yaml", "type: x")
    with pytest.raises(dg.InvalidDefinitionError, match=r"sales/defs.yaml describes a component.*in Python"):
        dg.load_from_defs_folder(path_within_project=project)


def test_a_path_outside_of_any_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(dg.InvalidInvocationError, match=r"there is no dg.toml with \[project\] or pyproject.toml"):
        dg.load_from_defs_folder(path_within_project=tmp_path)
    with pytest.raises(dg.InvalidInvocationError, match="needs path_within_project or project_root"):
        dg.load_from_defs_folder()


def test_a_function_that_makes_definitions_says_what_is_wrong_with_it() -> None:
    with pytest.raises(dg.InvariantViolationError, match="called without arguments; it takes"):
        dg.lazy_definitions(lambda context: dg.Definitions())  # type: ignore[arg-type,misc]

    @dg.lazy_definitions
    def nothing() -> dg.Definitions:
        return None  # type: ignore[return-value]

    with pytest.raises(dg.InvariantViolationError, match="nothing is marked .* returned None"):
        nothing()


def test_two_of_them_in_one_module_are_one_too_many() -> None:
    import types

    module = types.ModuleType("two")
    module.first = dg.lazy_definitions(lambda: dg.Definitions())
    module.second = dg.Definitions()
    with pytest.raises(dg.InvalidDefinitionError, match="several Definitions: first, second"):
        find_definitions(module, CodeSource(module="two"))


def test_a_package_is_loaded_by_itself(project: Path) -> None:
    import importlib

    defs = dg.load_defs(importlib.import_module(f"{project.name}.defs"))
    assert len(list(defs.resolve_all_asset_specs())) == 3
