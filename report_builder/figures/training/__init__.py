"""Figures of how learning goes: loss and accuracy over the epochs, of one variant or of all."""
