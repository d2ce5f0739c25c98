"""I/O managers that come with Headrace."""
