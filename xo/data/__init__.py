"""Data sets: read from folders and archives, drawn, checked; held as one uint8 array per split.

Not here: what is trained on them.
"""
