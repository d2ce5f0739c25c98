"""What happens inside a run, as plain values, and how exceptions, logs and the words of user code become some."""
