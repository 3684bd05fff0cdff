"""The original's printed logs, laid over our runs."""
