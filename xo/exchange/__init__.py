"""Records that travel between stores: which of them are current, export, merge, list, prune.

Training and its records are in `runs`; how artifacts are stored is in `store`.
"""
