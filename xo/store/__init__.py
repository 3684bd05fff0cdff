"""What is computed once and kept: the store, the inputs that decide an artifact, files, processes.

Not here: what the artifacts of each kind hold.
"""
