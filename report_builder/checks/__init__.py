"""What the commands `check` and `verify` find: languages that differ, results typed in, damaged
files, runs that do not repeat.

Each check only reads, and yields a line for every problem. A new site's own check is in `site`.
"""
