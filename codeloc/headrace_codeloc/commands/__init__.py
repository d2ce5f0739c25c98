"""The commands that load user code; the SDK's command line finds them by their entry points."""

from __future__ import annotations
