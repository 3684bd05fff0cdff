"""Runs: one variant, one seed, one data set. Which a study asks for, how they are carried out, what they left.

Not here: how a network is trained.
"""
