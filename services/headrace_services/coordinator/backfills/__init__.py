"""Backfills: asking locations for their next steps, and storing what they decide."""
