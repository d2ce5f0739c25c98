"""Metadata: what definitions, outputs and events carry for people to see."""
