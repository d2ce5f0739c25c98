"""Repeating runs that are over: how often, and which part of them."""
