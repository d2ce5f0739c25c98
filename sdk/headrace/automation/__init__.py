"""Evaluating automation conditions: pure functions of conditions, what is known of assets, a cursor, and a moment.

entities      what conditions are about: assets and checks
subset        some of the partitions of one of them, or all of it
facts         what happens to them, as facts; what is known of them, as a protocol
knowledge     what is known, kept by taking in one fact after another
view          the asset graph at one moment, and how subsets are mapped along its edges
cursor        what one evaluation leaves for the next
context       where in a condition an evaluation is, and what it may ask
timing        when parts of a subset became true
statements    what conditions state of an asset or check
operators     what conditions are made of
evaluation    all conditions of a graph, in order
run_requests  the runs that make what was requested
freshness     how fresh an asset is
"""
