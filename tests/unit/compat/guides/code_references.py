"""Code references in asset metadata."""

from pathlib import Path

import dagster as dg


@dg.asset
def my_asset() -> None: ...


@dg.asset(
    metadata={
        "dagster/code_references": dg.CodeReferencesMetadataValue(
            code_references=[
                dg.LocalFileCodeReference(file_path="/path/to/source.yaml", line_number=1, label="Model YAML")
            ]
        )
    }
)
def modeled_in_yaml() -> None: ...


def references(asset) -> list:
    metadata = next(iter(asset.specs)).metadata
    return list(metadata["dagster/code_references"].code_references)


def test_where_code_is():
    assets = dg.with_source_code_references([my_asset, modeled_in_yaml])
    found = references(assets[0])
    assert isinstance(found[0], dg.LocalFileCodeReference) and found[0].file_path.endswith("code_references.py")
    assert len(references(assets[1])) == 2


def test_links_to_a_repository():
    linked = dg.link_code_references_to_git(
        assets_defs=dg.with_source_code_references([my_asset]),
        git_url="https://github.com/example/project",
        git_branch="main",
        file_path_mapping=dg.AnchorBasedFilePathMapping(
            local_file_anchor=Path(__file__), file_anchor_path_in_repository="src/repo.py"
        ),
    )
    found = references(linked[0])[0]
    assert isinstance(found, dg.UrlCodeReference)
    assert found.url.startswith("https://github.com/example/project/tree/main/src/repo.py#L")
