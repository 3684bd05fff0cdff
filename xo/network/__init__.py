"""The network and its training: what the key of a run covers, and no more.

Nothing here knows of studies, the store or reports.
"""
