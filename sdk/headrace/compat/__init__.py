"""Running code that was written for other orchestrators."""
