"""Trains and measures every variant of the XO network; knows nothing of reports.

Importing it imports no torch.
"""
