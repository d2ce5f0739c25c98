"""Answering for the user's code: schedules, sensors and plans, in a process that may be killed."""

from __future__ import annotations
