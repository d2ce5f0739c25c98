"""The commands that come with the services; the SDK's command line finds them by their entry points."""

from __future__ import annotations
