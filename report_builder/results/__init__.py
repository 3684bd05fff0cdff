"""What the evidence says: values, tables, claims with their verdicts, gathered in the typed report.

Not here: how a page shows them.
"""
