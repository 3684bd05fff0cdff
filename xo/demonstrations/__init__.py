"""Demonstrations: computations for the concept pages on trained networks, recorded like runs.

Nothing here knows how they are drawn or worded.
"""
