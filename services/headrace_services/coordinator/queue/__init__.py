"""Queued runs: which may start, why the others wait, and the loop that lets them go."""
