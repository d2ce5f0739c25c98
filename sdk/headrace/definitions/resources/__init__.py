"""Resources and I/O managers: what ops and assets need from outside."""
