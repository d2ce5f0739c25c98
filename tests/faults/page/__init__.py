"""`docs/promises.md`: what is promised, written down from what proves it."""
