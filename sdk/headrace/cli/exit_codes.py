"""What the exit status of every command means."""

from __future__ import annotations

OK = 0
FAILED = 1
USAGE = 2
NOT_FOUND = 3
UNREACHABLE = 4
REFUSED = 5
DENIED = 6
BUG = 70
INTERRUPTED = 130

EXPLANATION = """\
\b
Exit status:
  0    done; of a run that was waited for: it succeeded
  1    the run failed or was canceled, or the code that was checked is wrong
  2    the command line is wrong
  3    something that was named is not there
  4    nothing answers, or not in time
  5    the request was refused: a field is wrong, or it does not fit the present state
  6    who calls is not known, or may not
  70   a bug
  130  interrupted
"""
