"""What the tests share: conditions to wait on, free ports, supervised processes, a real PostgreSQL server."""
