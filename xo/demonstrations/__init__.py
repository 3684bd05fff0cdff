"""Computations on trained weights for the concept pages, recorded like runs.

A row of the table names the function that computes it. Not here: how a report shows or words them.
"""
