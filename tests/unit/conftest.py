"""What holds for all unit tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# How fast a machine with other work is says nothing about a law, and a law that fails must fail for everybody.
settings.register_profile("house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
