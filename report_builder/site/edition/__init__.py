"""The edition: the whole site in one HTML file, and printed as one PDF, for each language."""
