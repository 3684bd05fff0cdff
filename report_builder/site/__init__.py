"""The site: MkDocs' side, its check, its manifest, and publishing in one step.

Not here: what the pages say.
"""
