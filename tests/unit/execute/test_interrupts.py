"""A stop breaks into armed code only, wakes who sleeps, and is never lost."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from headrace.errors import ExecutionInterruptedError
from headrace.execute.interrupts import Interrupts

# Who is not woken sleeps for two minutes, and must not pass for it.
pytestmark = pytest.mark.timeout(60)


def kill() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_a_signal_outside_of_armed_code_only_marks() -> None:
    interrupts = Interrupts()
    with interrupts.installed():
        kill()
        assert interrupts()
        with pytest.raises(ExecutionInterruptedError), interrupts.armed():
            raise AssertionError("armed code must not start")


def test_a_signal_in_armed_code_raises_and_finally_blocks_run() -> None:
    interrupts, cleaned = Interrupts(), False
    with interrupts.installed(), pytest.raises(ExecutionInterruptedError):
        with interrupts.armed():
            try:
                kill()
                raise AssertionError("not interrupted")
            finally:
                kill()  # a second signal must not tear the clean-up apart
                cleaned = True
    assert cleaned


def test_a_shield_holds_a_signal_back_until_it_ends() -> None:
    interrupts, whole = Interrupts(), False
    with interrupts.installed(), pytest.raises(ExecutionInterruptedError):
        with interrupts.armed():
            with interrupts.shielded():
                kill()
                whole = True
            raise AssertionError("the shield forgot the signal")
    assert whole


def test_after_a_shield_the_code_is_armed_again() -> None:
    interrupts = Interrupts()
    with interrupts.installed(), pytest.raises(ExecutionInterruptedError), interrupts.armed():
        with interrupts.shielded():
            pass
        kill()
        raise AssertionError("not interrupted")


def test_a_request_of_another_thread_breaks_in() -> None:
    interrupts = Interrupts()
    with interrupts.installed(), pytest.raises(ExecutionInterruptedError), interrupts.armed():
        threading.Timer(0.05, interrupts.request).start()
        time.sleep(120)  # noqa: TID251
    interrupts.close()


def test_a_request_of_another_thread_wakes_who_waits() -> None:
    interrupts = Interrupts()
    with interrupts.installed():
        threading.Timer(0.05, interrupts.request).start()
        interrupts.sleep(20)
        assert interrupts()
    interrupts.close()


def test_a_request_before_the_sleep_is_not_slept_through() -> None:
    interrupts = Interrupts()
    interrupts.request()
    interrupts.sleep(20)
    interrupts.close()


def test_a_callable_is_asked() -> None:
    answers = iter([False, True])
    interrupts = Interrupts(lambda: next(answers))
    assert not interrupts()
    assert interrupts()
    assert interrupts(), "once stopped, nobody is asked again"


def test_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Interrupts().installed():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before
