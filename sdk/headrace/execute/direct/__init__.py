"""Calling an op or asset as the plain function that it is, outside of any run."""
