"""Schedules: runs at due times."""
