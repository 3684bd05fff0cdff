"""Turns records into figures, tables, sentences and a site; never imports torch."""
