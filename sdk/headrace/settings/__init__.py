"""Files of settings: read with the place of every value, bound to frozen dataclasses, every mistake told at once."""

from __future__ import annotations

from headrace.settings.fields import Secret, setting

__all__ = ["Secret", "setting"]
