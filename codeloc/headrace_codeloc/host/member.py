"""A member of the warm pool: it has loaded the code, waits, and executes one worker's order itself, without any fork.

Evaluations it may answer one after the other; the front kills it when one takes too long.
"""

from __future__ import annotations

import os

from headrace_codeloc.code.location import LoadedLocation
from headrace_codeloc.evaluate.methods import evaluate
from headrace_codeloc.host.link import Link
from headrace_codeloc.host.worker import order_of, work_off
from headrace_codeloc.kernel import outlive_parent
from headrace_codeloc.messages import Message


class Member:
    """Serves a loaded location in this very process."""

    def __init__(self, link: Link, location: LoadedLocation) -> None:
        self._link = link
        self._location = location

    def run(self) -> None:
        """Answers evaluations until the front hangs up or an order turns this process into a worker."""
        while (messages := self._link.receive()) is not None:
            for message in messages:
                if message.kind == "start_worker":
                    self._work(message)
                    return
                if message.kind == "evaluate":
                    self._evaluate(message)

    def _evaluate(self, message: Message) -> None:
        answer = evaluate(message.fields["method"], message.body, self._location)
        self._link.send(answer.kind, answer.body, **answer.fields, id=message.fields["id"])

    def _work(self, message: Message) -> None:
        order = order_of(message)
        self._link.send("answer", id=message.fields["id"], pid=os.getpid())
        self._link.close()
        outlive_parent()
        os._exit(work_off(order, self._location))
