"""From a job and a request to the steps of a run: which, with which inputs from where, for which partitions."""
