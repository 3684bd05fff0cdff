"""What `check` and `verify` find out: languages that differ, results typed in, damaged files, runs that do not repeat.

Each check only reads, and yields a line for every problem; the site's own check before publishing is in `site`.
"""
