"""The coordinator: takes runs in, lets them out of the queue, owns their state, and knows the code locations."""

from __future__ import annotations
