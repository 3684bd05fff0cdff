"""Variants and seeds compared: who solves the task, when, at what cost; confusion."""
