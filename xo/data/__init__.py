"""Data sets: read from folders and archives, drawn, checked, described; held as one uint8 tensor per split.

Not here: what is trained on them.
"""
