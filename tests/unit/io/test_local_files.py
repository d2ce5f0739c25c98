"""The file manager of one machine."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import headrace as dg


def test_files_are_handed_on_by_handle(tmp_path: Path) -> None:
    @dg.op(required_resource_keys={"files"})
    def writing(context: dg.OpExecutionContext) -> list[dg.LocalFileHandle]:
        files = context.resources.files
        return [files.write_data(b"bytes", ext="bin"), files.write(io.StringIO("text"), mode="w", ext=".txt")]

    @dg.op(required_resource_keys={"files"})
    def reading(context: dg.OpExecutionContext, handles: list[dg.LocalFileHandle]) -> list[object]:
        files = context.resources.files
        with files.read(handles[1], mode="r") as file:
            text = file.read()
        copy = files.copy_handle_to_local_temp(handles[0])
        assert copy != handles[0].path
        return [files.read_data(handles[0]), text, Path(copy)]

    @dg.job(resource_defs={"files": dg.local_file_manager})
    def job() -> None:
        reading(writing())

    result = job.execute_in_process({"resources": {"files": {"config": {"base_dir": str(tmp_path)}}}})
    data, text, copy = result.output_for_node("reading")
    assert (data, text, copy.exists()) == (b"bytes", "text", False)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".bin", ".txt"]


def test_what_it_cannot_do_is_told(tmp_path: Path) -> None:
    class Elsewhere(dg.FileHandle):
        @property
        def path_desc(self) -> str:
            return "elsewhere"

    files = dg.LocalFileManager(str(tmp_path))
    with pytest.raises(dg.InvalidInvocationError, match="files of this machine"):
        files.read_data(Elsewhere())
    with pytest.raises(dg.InvalidInvocationError, match="'w' or 'wb', not 'a'"):
        files.write(io.BytesIO(b""), mode="a")
    assert files.write_data(b"").path_desc.startswith(str(tmp_path))
