"""The answer to a name that is not known: what it is near to, and what is known."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from xo.errors import InputError


def unknown(kind: str, name: str, names: Collection[str], shown: str = "") -> InputError:
    """The error for a name that is none of `names`; `shown` says these in other words.

    Its text: `variant 'baselin': not known (did you mean baseline?); known are ...`.
    """
    known = shown or known_names(name, names)
    return InputError(f"{kind} '{name}': not known{did_you_mean(name, names)}; known are {known}")


def did_you_mean(name: str, names: Collection[str]) -> str:
    """` (did you mean baseline?)`; nothing where no name is near."""
    near = nearest(name, names)
    return f" (did you mean {' or '.join(near)}?)" if near else ""


def nearest(name: str, names: Collection[str]) -> list[str]:
    """The names, at most three, that somebody who typed this one may have meant.

    Of a known subject, as in `baseline.solvd`, only its own; of a subject alone, as `los`, one of
    `loss.baseline` and its like.
    """
    subject, dot, _ = name.partition(".")
    own = [each for each in names if each.startswith(f"{subject}.")]
    if own and dot:
        ends = {each.partition(".")[2]: each for each in own}
        return [ends[end] for end in get_close_matches(name.partition(".")[2], ends)]
    if close := get_close_matches(name, names):
        return close
    first = {each.partition(".")[0]: each for each in reversed(list(names))}
    return [first[each] for each in get_close_matches(subject, first, 1)]


def known_names(name: str, names: Collection[str]) -> str:
    """All names; where they have subjects, as `baseline.solved`, those of this one's subject, else
    only the subjects.
    """
    if not any("." in each for each in names):
        return ", ".join(names)
    subject = name.partition(".")[0]
    own = [each for each in names if each.startswith(f"{subject}.")]
    begins = {each.partition(".")[0] + "..." * ("." in each) for each in names}
    return ", ".join(own or sorted(begins))
