"""Measures: images in, records out. Knows nothing of reports, languages or pages.

Importing it imports no torch.
"""
