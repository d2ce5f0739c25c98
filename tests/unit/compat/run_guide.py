"""Runs every block of guides: `python run_guide.py guide.py...`; a line of JSON for each guide says which of them fail."""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import traceback
from typing import Any


def run(path: str) -> dict[str, Any]:
    directory, file = os.path.split(os.path.abspath(path))
    if directory not in sys.path:
        # Behind the standard library, which has modules of the same names.
        sys.path.append(directory)
    name = file.removesuffix(".py")
    # Guides use the same names for different assets.
    os.environ["HEADRACE_STORAGE"] = tempfile.mkdtemp(dir=os.getcwd())
    module = importlib.import_module(name)
    blocks = {name: value for name, value in vars(module).items() if name.startswith("test_")}
    failed = {}
    for block_name, block in blocks.items():
        try:
            block()
        except BaseException:
            failed[block_name] = traceback.format_exc()
    return {"guide": name, "title": (module.__doc__ or "").strip(), "blocks": len(blocks), "failed": failed}


if __name__ == "__main__":
    for guide in sys.argv[1:]:
        print(json.dumps(run(guide)), flush=True)
