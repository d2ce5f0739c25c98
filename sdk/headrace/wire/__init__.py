"""The only converters between what Python code works with and the messages of the contract."""

from __future__ import annotations
