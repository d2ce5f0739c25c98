"""Assets: what is made, of what, and by which code."""
