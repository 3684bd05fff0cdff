"""Pages: their sources in docs/ rendered with the report; notebooks and code on pages executed.

Not here: how MkDocs turns them into a site.
"""
