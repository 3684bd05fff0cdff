"""Runs: what is trained, cached and counted. Which there are, how they are carried out and stored.

Nothing here knows of demonstrations or reports.
"""
