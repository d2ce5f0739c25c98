"""Checks of assets, and what their verdicts hold up."""
