"""Runs: one variant, one seed, one data set. Which there are, how they are carried out and stored.

Not here: how a network is trained.
"""
