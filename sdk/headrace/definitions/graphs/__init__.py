"""Graphs: how ops are put together."""
