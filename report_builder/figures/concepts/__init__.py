"""The concept pages' figures, drawn from demonstrations."""
