"""Everything that is computed once and kept: how it is found, written and checked.

Nothing here knows what the artifacts mean.
"""
