"""Whole runs: the loop that joins plan, scheduling and runner, its three ways in, and the results they leave."""
