"""Code references: where assets are defined, here and on the web."""

from __future__ import annotations

from pathlib import Path

import pytest

import headrace as dg
from headrace.definitions.metadata.source_code import base_git_url, references_of

HERE = Path(__file__)
ELSEWHERE = dg.UrlCodeReference("https://example.com/query.sql")


@dg.asset
def orders() -> None: ...


@dg.asset(metadata={"dagster/code_references": dg.CodeReferencesMetadataValue([ELSEWHERE])})
def customers() -> None: ...


def test_assets_refer_to_their_lines_and_keep_what_they_had() -> None:
    assets = dg.with_source_code_references([orders, customers, dg.AssetSpec("far")])
    first, second, far = (each if isinstance(each, dg.AssetSpec) else each.get_asset_spec() for each in assets)
    [reference] = references_of(first)
    assert isinstance(reference, dg.LocalFileCodeReference)
    assert (reference.file_path, HERE.read_text().splitlines()[(reference.line_number or 0) - 1]) == (
        str(HERE),
        "@dg.asset",
    )
    assert references_of(second)[0] == ELSEWHERE and len(references_of(second)) == 2
    assert len(references_of(far)) == 1


def test_files_become_links_into_the_repository() -> None:
    assets = dg.with_source_code_references([orders, customers])
    mapping = dg.AnchorBasedFilePathMapping(HERE.parent.parent, "code/tests")
    linked = dg.link_code_references_to_git(assets, "https://github.com/acme/etl", "main", mapping)
    [link] = references_of(linked[0].get_asset_spec())
    assert isinstance(link, dg.UrlCodeReference)
    assert link.url.startswith("https://github.com/acme/etl/tree/main/code/tests/definitions/test_source_code.py#L")
    assert references_of(linked[1].get_asset_spec())[0] == ELSEWHERE

    class Flat(dg.FilePathMapping):
        def convert_to_source_control_path(self, local_path: Path) -> str:
            return local_path.name

    linked = dg.link_code_references_to_git(assets, "https://gitlab.com/acme/etl", "main", Flat())
    [link] = references_of(linked[0].get_asset_spec())
    assert isinstance(link, dg.UrlCodeReference)
    assert link.url.startswith("https://gitlab.com/acme/etl/-/tree/main/test_source_code.py#L")


def test_a_platform_that_the_address_does_not_tell_must_be_given() -> None:
    assert base_git_url("http://git.acme.com/etl/", "b", "gitlab") == "http://git.acme.com/etl/-/tree/b"
    with pytest.raises(ValueError, match="Unable to infer the source control platform"):
        base_git_url("http://git.acme.com/etl", "b", None)
    with pytest.raises(ValueError, match="Invalid `platform`"):
        base_git_url("http://git.acme.com/etl", "b", "cvs")  # type: ignore[arg-type]
