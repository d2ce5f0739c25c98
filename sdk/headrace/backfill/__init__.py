"""Backfills: making many partitions, step by step, as what they are made from gets there.

Pure: a step is a function of what is to be made, of what came of the steps before, and of the runs that have ended since.
"""
