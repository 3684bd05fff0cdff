"""The two ways a command can fail.

A message is one line: where, what was expected, what came, and the remedy.
"""


class InputError(Exception):
    """What the user gave cannot be used (exit status 2)."""


class CheckFailed(Exception):
    """The input was fine, but something that must hold does not (exit status 1)."""
