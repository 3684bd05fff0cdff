"""Variants and seeds compared: how many solve the task, when, at what cost; confusion."""
