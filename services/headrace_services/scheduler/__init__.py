"""The scheduler: asks schedules and sensors what they want when they are due, and commits what they say."""

from __future__ import annotations
