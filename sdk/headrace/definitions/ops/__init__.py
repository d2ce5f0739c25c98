"""Ops: the functions that do the work, with their inputs, outputs, types and retries."""
