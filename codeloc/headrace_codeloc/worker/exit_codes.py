"""Exit codes of workers that whoever started them has to tell apart."""

from __future__ import annotations

EXIT_REFUSED = 76
"""What was ordered belongs to another worker, or is over: this one never began."""
EXIT_RUN_FAILED = 1
"""The run was finished, and has failed; for who asked to be told so."""
