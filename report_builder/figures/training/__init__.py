"""How training went: loss and accuracy by epoch."""
