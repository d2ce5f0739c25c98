"""Checks that are made of parameters instead of functions."""
