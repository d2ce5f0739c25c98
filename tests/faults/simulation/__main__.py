"""Lives through seeds and says what came of them: `PYTHONPATH=tests python -m faults.simulation 1 20` for twenty from 1."""

from __future__ import annotations

import logging
import os
import sys
import traceback

from faults.simulation.story import tell

HASH_SEED = "PYTHONHASHSEED"


def live_through(seed: int) -> bool:
    """Has a process of its own live through a seed; tells whether all promises were kept."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    code = 1
    try:
        story = tell(seed)
        print(story, flush=True)
        code = 1 if story.violations else 0
    except BaseException:
        traceback.print_exc()
    os._exit(code)


def main() -> int:
    """Lives through the seeds that were asked for."""
    if os.environ.get(HASH_SEED) != "0":
        # The order in which sets are walked through must be the same each time.
        arguments = [sys.executable, "-m", "faults.simulation", *sys.argv[1:]]
        os.execve(sys.executable, arguments, {**os.environ, HASH_SEED: "0"})
    logging.disable(logging.CRITICAL)
    first, count = (int(each) for each in (*sys.argv[1:], "1", "1")[:2])
    broken = [seed for seed in range(first, first + count) if not live_through(seed)]
    if broken:
        print(f"broken: {broken}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
