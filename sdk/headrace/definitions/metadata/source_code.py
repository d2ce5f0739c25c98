"""Code references: metadata that leads from an asset to its code, in a file here or in a repository on the web."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar, get_args

from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.mapping import map_asset_specs
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.metadata.code_references import LocalFileCodeReference, UrlCodeReference
from headrace.definitions.metadata.values import CodeReferencesMetadataValue

Platform = Literal["github", "gitlab"]
CodeReference = LocalFileCodeReference | UrlCodeReference
A = TypeVar("A", AssetsDefinition, AssetSpec)

CODE_REFERENCES = "headrace/code_references"
_NAMES = (CODE_REFERENCES, "dagster/code_references")


class FilePathMapping(ABC):
    """Tells where in a repository a file of this machine is."""

    @abstractmethod
    def convert_to_source_control_path(self, local_path: Path) -> str:
        """The path in the repository.

        Args:
            local_path: The file on this machine.
        """


@dataclass(frozen=True)
class AnchorBasedFilePathMapping(FilePathMapping):
    """Finds all files from one whose place on both sides is known.

    Attributes:
        local_file_anchor: A file or directory on this machine.
        file_anchor_path_in_repository: Where the same is in the repository.
    """

    local_file_anchor: Path
    file_anchor_path_in_repository: str

    def convert_to_source_control_path(self, local_path: Path) -> str:
        """The path in the repository."""
        from_anchor = os.path.relpath(local_path, self.local_file_anchor)
        return os.path.normpath(os.path.join(self.file_anchor_path_in_repository, from_anchor)).replace(os.sep, "/")


def with_source_code_references(assets_defs: Sequence[A]) -> Sequence[A]:
    """The same assets, each with a reference to the file and line where it is defined.

    Args:
        assets_defs: The assets; references that they have already are kept.
    """

    def add(spec: AssetSpec) -> AssetSpec:
        here = LocalFileCodeReference(spec.source.file, spec.source.line)
        return _with_references(spec, [*references_of(spec), here])

    return map_asset_specs(add, assets_defs)


def link_code_references_to_git(
    assets_defs: Sequence[A],
    git_url: str,
    git_branch: str,
    file_path_mapping: FilePathMapping,
    platform: Platform | None = None,
) -> Sequence[A]:
    """The same assets, with links into a repository in place of references to files of this machine.

    Args:
        assets_defs: The assets, as `with_source_code_references` returns them.
        git_url: The repository, such as `https://github.com/acme/pipelines`.
        git_branch: The branch.
        file_path_mapping: Where in the repository the files are.
        platform: `github` or `gitlab`; found out from the URL when left out.
    """
    base = base_git_url(git_url, git_branch, platform)

    def linked(reference: CodeReference) -> CodeReference:
        if isinstance(reference, UrlCodeReference):
            return reference
        path = file_path_mapping.convert_to_source_control_path(Path(reference.file_path))
        line = f"#L{reference.line_number}" if reference.line_number is not None else ""
        return UrlCodeReference(f"{base}/{path}{line}", reference.label)

    def link(spec: AssetSpec) -> AssetSpec:
        references = references_of(spec)
        return _with_references(spec, [linked(each) for each in references]) if references else spec

    return map_asset_specs(link, assets_defs)


def base_git_url(git_url: str, git_branch: str, platform: Platform | None) -> str:
    """The URL below which the files of a branch are."""
    if platform is None:
        platform = next((each for each in get_args(Platform) if f"{each}.com" in git_url), None)
        if platform is None:
            raise ValueError(
                f"Unable to infer the source control platform from {git_url!r}: give platform='github' or 'gitlab'."
            )
    if platform not in get_args(Platform):
        raise ValueError(f"Invalid `platform` {platform!r}: it is 'github' or 'gitlab'.")
    tree = "tree" if platform == "github" else "-/tree"
    return f"{git_url.rstrip('/')}/{tree}/{git_branch}"


def references_of(spec: AssetSpec) -> Sequence[CodeReference]:
    """The references that an asset has."""
    for name in _NAMES:
        value = spec.metadata.get(name)
        if isinstance(value, CodeReferencesMetadataValue):
            return value.code_references
    return ()


def _with_references(spec: AssetSpec, references: Sequence[CodeReference]) -> AssetSpec:
    name = next((each for each in _NAMES if each in spec.metadata), CODE_REFERENCES)
    return spec.merge_attributes(metadata={name: CodeReferencesMetadataValue(list(references))})
