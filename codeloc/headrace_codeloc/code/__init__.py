"""The user's code: importing it, finding its definitions, saying why that failed."""

from __future__ import annotations
