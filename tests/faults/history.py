"""What clients asked for and were answered: each operation with its begin, its end and its outcome."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from headrace.errors import HeadraceError

Outcome = Literal["ok", "fail", "unknown"]
# Of these nobody can say whether the operation happened; every other error says that it did not.
UNKNOWN = frozenset({"UNAVAILABLE", "DEADLINE_EXCEEDED", "UNKNOWN", "CANCELLED"})
# A client goes on asking for ten, if whoever it asks is not there and the next try is not too late.
CALL_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of a client.

    Attributes:
        kind: `submit` or `cancel`.
        key: What makes repetitions of it one operation: the request id of a submission, the run of a cancel.
        began: On the monotonic clock, which all processes of a machine share.
        ended: When the answer came.
        outcome: Whether it happened, as far as the client can know.
        run_id: The run that it was answered with; empty without an answer.
        error: What it was refused with.
    """

    kind: str
    key: str
    began: float
    ended: float
    outcome: Outcome
    run_id: str = ""
    error: str = ""


@dataclass
class History:
    """Operations in the order of their ends, from any thread."""

    operations: list[Operation] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __iter__(self) -> Iterator[Operation]:
        return iter(list(self.operations))

    def of_kind(self, kind: str, outcome: Outcome = "ok") -> Iterable[Operation]:
        """The operations of a kind that ended in a way."""
        return [each for each in self if each.kind == kind and each.outcome == outcome]

    def failed_early(self, patience: float = CALL_SECONDS) -> Iterable[Operation]:
        """The operations that failed before their time was up; a busy machine may take longer to replace a process."""
        return [each for each in self if each.outcome != "ok" and each.ended - each.began < patience]

    def record(self, kind: str, key: str, call: Callable[[], str]) -> Operation:
        """Calls, and appends what came of it.

        Args:
            kind: The kind of operation.
            key: See `Operation`.
            call: Returns the id of the run that it was answered with.
        """
        began = time.monotonic()
        run_id, error = "", ""
        outcome: Outcome = "ok"
        try:
            run_id = call()
        except HeadraceError as refusal:
            outcome = "unknown" if refusal.code in UNKNOWN else "fail"
            error = f"{refusal.reason}: {refusal}"
        operation = Operation(kind, key, began, time.monotonic(), outcome, run_id, error)
        with self._lock:
            self.operations.append(operation)
        return operation
