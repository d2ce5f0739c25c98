"""How a worker's process ends."""

from __future__ import annotations

EXIT_DONE = 0
"""What was ordered was carried out, whatever came of it."""
EXIT_CRASHED = 1
"""The worker itself has failed."""
EXIT_RUN_FAILED = 1
"""The run was finished, and has failed; for who asked to be told so."""
EXIT_NO_CODE = 70
"""The user's code could not be loaded: nothing was claimed."""
EXIT_UNREACHABLE = 75
"""What was ordered could not be claimed."""
EXIT_REFUSED = 76
"""What was ordered belongs to another worker, or is over: this one never began."""
