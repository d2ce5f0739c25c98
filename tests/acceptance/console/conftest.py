"""Fixtures of the console's tests; each is made and documented in the rig."""

from __future__ import annotations

from rig.console import chromium, context, page, shop, warehouse

__all__ = ["chromium", "context", "page", "shop", "warehouse"]
