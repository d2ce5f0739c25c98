"""Which step may start now: dependencies, priorities, limits, slots, retries. Decides and runs nothing."""
