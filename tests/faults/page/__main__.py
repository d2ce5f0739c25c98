"""Writes the page: `PYTHONPATH=tests python -m faults.page > docs/promises.md`, or `make promises`."""

from __future__ import annotations

import contextlib
import io
import sys

from faults.page.collection import collect
from faults.page.writing import page

if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()) as said:
        try:
            proofs = collect()
        except (RuntimeError, ValueError) as error:
            sys.exit(f"{said.getvalue()[-2000:]}\n{error}")
    sys.stdout.write(page(proofs))
