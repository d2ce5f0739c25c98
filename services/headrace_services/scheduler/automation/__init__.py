"""Automation conditions: following what happens to assets, and asking locations what their conditions make of it.

catalog   what a location defines, as far as facts are told by it
telling   events as facts
reading   what storage knows already
watch     what is known for one sensor, and whether it is to be evaluated
cursors   how far a sensor has followed, beside the cursor that its location left
desk      all watches; what one evaluation is about
loop      evaluating those that are due
"""

from __future__ import annotations
