"""The last step, from rendered pages to a published site: the MkDocs plugin, and building,
checking and swapping the site.

Here is no result and no sentence of a page: `pages` has rendered both into plain Markdown before.
"""
