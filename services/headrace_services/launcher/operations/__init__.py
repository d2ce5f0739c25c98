"""What the service does when it is asked, one file per method."""

from __future__ import annotations
