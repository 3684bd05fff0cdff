"""Reads records and writes a site: evidence, results, figures and pages, site, in this order.

Importing it imports no torch; a site can be built again from records alone.
"""
