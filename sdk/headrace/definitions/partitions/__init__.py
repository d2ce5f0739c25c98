"""Partitions: sets of keys that an asset or a job is split by, and how the sets of two assets relate.

- `keys`, `time_window`: what a partition is called, and the time it stands for.
- `partitions_definition`: what all sets have in common; `static`, `dynamic`, `time_windows`, `calendar`, `multi`: the sets.
- `ticks`: arithmetic on the bounds of time windows, behind `time_windows`.
- `subset`, `spans`: some of the partitions of a set, as ranges where keys have numbers.
- `mapping`, `identity_mapping`, `whole_mappings`, `static_mapping`, `time_window_mapping`, `multi_mapping`, `inference`:
  which partitions of an asset another one is made from.
- `partitioned_config`, `calendar_config`: run config by partition.
- `backfill_policy`, `requests`, `loading_context`: how many partitions a run makes, changes of dynamic sets, what time it is.
"""

from __future__ import annotations
