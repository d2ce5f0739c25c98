"""Sensors that are woken by events: when runs reach a state, when assets are made.

feed          hearing of events as they are stored
interest      which sensor an event concerns; pure
run_changes   what a run-status sensor has yet to be asked about, in the order of the feed
run_sensors   asking it, one tick for each run
assets        what has become of the assets that a sensor watches
"""

from __future__ import annotations
