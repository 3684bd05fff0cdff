"""Images of the data set, and what a network answers."""
