"""The table of Dagster's names, and the page that is made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

import headrace
from headrace.compat import dagster
from headrace.compat.dagster.answers import answer, is_available
from headrace.compat.dagster.documentation import refreshed
from headrace.compat.dagster.errors import NameNotAvailableError
from headrace.compat.dagster.groups import PUBLIC, RENAMED, groups_of
from headrace.compat.dagster.themes import THEMES

PAGE = Path(__file__).parents[3] / "docs/migrating-from-dagster.md"


def test_every_public_name_is_in_exactly_one_group() -> None:
    found = {name: [group.value for group in groups_of(name)] for name in PUBLIC}
    assert {name: groups for name, groups in found.items() if len(groups) != 1} == {}


def test_the_table_tells_of_no_name_that_headrace_has() -> None:
    told = {name for theme in THEMES for name in {**theme.renamed, **theme.not_yet, **theme.never}}
    assert sorted(told & set(headrace.__all__)) == [], "take them out of headrace/compat/dagster/themes.py"


def test_the_page_shows_the_table_as_it_is() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert refreshed(page) == page, f"run: python -m headrace.compat.dagster.documentation docs/{PAGE.name}"


@pytest.mark.parametrize("name", sorted(name for name in PUBLIC | RENAMED.keys() if is_available(name)))
def test_every_answer_is_there(name: str) -> None:
    assert getattr(dagster, name) is answer(name)


def test_answers_are_the_objects_themselves() -> None:
    assert dagster.DagsterInvalidConfigError is headrace.InvalidConfigError
    assert dagster.asset is headrace.asset
    with pytest.raises(dagster.DagsterInvalidDefinitionError):
        raise headrace.InvalidDefinitionError("x")


def test_a_name_that_will_never_be_here_says_why() -> None:
    with pytest.raises(
        NameNotAvailableError, match="will not have Dagster's HookExecutionResult: hooks return nothing"
    ):
        dagster.HookExecutionResult  # noqa: B018
    with pytest.raises(ImportError, match="will not have Dagster's HookExecutionResult: hooks return nothing"):
        from headrace.compat.dagster import HookExecutionResult  # noqa: F401


def test_a_name_that_dagster_does_not_have_is_suggested() -> None:
    with pytest.raises(AttributeError, match="no public name of Dagster 1.13.*did you mean 'asset'"):
        dagster.assett  # noqa: B018
    assert not hasattr(dagster, "assett")
    assert getattr(dagster, "MetadataEntry", None) is None


def test_a_star_import_gives_what_is_here() -> None:
    namespace: dict[str, object] = {}
    exec("from headrace.compat.dagster import *", namespace)
    assert namespace["Definitions"] is headrace.Definitions
    assert "MetadataEntry" not in namespace
