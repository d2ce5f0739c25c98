"""Puts the extensions of DuckDB that came as packages where DuckDB looks for them."""

from __future__ import annotations

import duckdb_extensions

for extension in ("ducklake", "icu", "spatial"):
    duckdb_extensions.import_extension(extension)
