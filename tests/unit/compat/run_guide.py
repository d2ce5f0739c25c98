"""Runs every block of a guide, in a process of its own: `python run_guide.py guide.py`; the last line lists those that fail."""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback


def main(path: str) -> None:
    directory, name = os.path.split(os.path.abspath(path))
    # Behind the standard library, which has modules of the same names.
    sys.path.append(directory)
    module = importlib.import_module(name.removesuffix(".py"))
    blocks = {name: value for name, value in vars(module).items() if name.startswith("test_")}
    failed = []
    for block_name, block in blocks.items():
        try:
            block()
        except BaseException:
            failed.append(block_name)
            print(f"{block_name}\n{traceback.format_exc()}", file=sys.stderr)
    print(json.dumps({"title": (module.__doc__ or "").strip(), "blocks": len(blocks), "failed": failed}))


if __name__ == "__main__":
    main(sys.argv[1])
