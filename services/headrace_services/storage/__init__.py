"""The only service that opens the database; every method of its API is one transaction."""
