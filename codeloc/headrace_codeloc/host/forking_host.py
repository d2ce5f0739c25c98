"""The host's loop: one thread that takes orders, forks children, and passes on what becomes of them."""

from __future__ import annotations

import os
import selectors
from collections.abc import Sequence

from headrace.processes.child_ends import ChildEnds
from headrace_codeloc.code.location import LoadedLocation
from headrace_codeloc.host.children import fork_child
from headrace_codeloc.host.evaluations import Evaluations
from headrace_codeloc.host.link import Link
from headrace_codeloc.host.worker import order_of, work_off
from headrace_codeloc.messages import Message
from headrace_codeloc.options import LocationOptions


class ForkingHost:
    """Serves a loaded location by forking a child for every order."""

    def __init__(self, link: Link, location: LoadedLocation, options: LocationOptions) -> None:
        self._link = link
        self._location = location
        self._workers: set[int] = set()
        self._child_ends = ChildEnds()
        self._selector = selectors.DefaultSelector()
        self._selector.register(link, selectors.EVENT_READ, self._obey)
        self._selector.register(self._child_ends, selectors.EVENT_READ, self._reap)
        self._evaluations = Evaluations(
            link, location, self._selector, options.max_evaluations, host_descriptors=self._descriptors
        )
        self._serving = True

    def run(self) -> None:
        """Serves until the front hangs up; evaluations end with the host, workers do not."""
        while self._serving:
            for key, _ in self._selector.select(self._evaluations.seconds_left()):
                key.data()
            self._evaluations.expire()

    def _obey(self) -> None:
        messages = self._link.receive()
        if messages is None:
            self._serving = False
            return
        for message in messages:
            if message.kind == "start_worker":
                self._start_worker(message)
            elif message.kind == "evaluate":
                self._evaluations.add(message)
            elif message.kind == "abandon":
                self._evaluations.abandon(message.fields["id"])

    def _start_worker(self, message: Message) -> None:
        order = order_of(message)
        pid = fork_child(lambda: work_off(order, self._location), closing=self._descriptors())
        self._workers.add(pid)
        self._link.send("answer", id=message.fields["id"], pid=pid)

    def _reap(self) -> None:
        self._child_ends.clear()
        # Child by child: what the user's code started while it was imported is the user's to wait for.
        for pid in list(self._workers):
            ended, wait_state = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._workers.discard(pid)
                self._link.send("exited", pid=pid, code=os.waitstatus_to_exitcode(wait_state))
        self._evaluations.reap()

    def _descriptors(self) -> Sequence[int]:
        # Only some selectors have a descriptor of their own.
        selector = getattr(self._selector, "fileno", None)
        own = [self._link.fileno(), *self._child_ends.descriptors]
        return [*own, *([selector()] if selector is not None else ()), *self._evaluations.descriptors()]
