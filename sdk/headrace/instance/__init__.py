"""The instance: what user code asks of the records of runs, assets and partitions."""
