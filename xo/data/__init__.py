"""Images in: folders and archives of images are checked, decoded once and held as arrays.

Nothing here knows of networks, runs or reports.
"""
