"""The card of a data set, `card.json` beside its splits: what it is called, what its images show,
and what importing changed. No training depends on it, but what is said of its results.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Protocol

import msgspec

from xo.errors import InputError

CARD = "card.json"
# Test accuracy from which a run has solved its task, where the card of its images sets no other.
SOLVED = 0.98


class Words(msgspec.Struct, frozen=True):
    """The same in Chinese and English; empty where it is not known."""

    zh: str = ""
    en: str = ""


class DataCard(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a data set beside its images."""

    title: Words = Words()  # of a report about it
    shows: Words = Words()  # what an image shows, as "一个手写数字", "a handwritten digit"
    # What importing did to images, by kind, and to how many: {"brought to gray": 80}
    changes: dict[str, int] = {}
    findings: tuple[str, ...] = ()  # what importing warned of, a line each
    images: int = 0  # in all; 0: not known
    left_out: dict[str, int] = {}  # files of the source that are no images of it, by name
    colour: bool = False  # whether images keep red, green and blue
    drawn_for_testing: float | None = None  # share of each class that importing drew, by `seed`
    seed: int | None = None
    # Test accuracy from which a run on these images has solved its task; None: SOLVED
    solved_from: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None


class WithGoal(Protocol):
    """A data set, or a record's description of one."""

    @property
    def solved_from(self) -> float | None:
        """That of its card; None where this sets none."""


def goal(data: WithGoal) -> float:
    """The test accuracy from which a run on these images has solved its task."""
    return data.solved_from or SOLVED


def read_card(root: Path) -> DataCard:
    """The card in the folder of a data set; an empty one where there is none.

    Raises InputError where it is not of this form.
    """
    path = root / CARD
    try:
        return msgspec.json.decode(path.read_bytes(), type=DataCard)
    except FileNotFoundError:
        return DataCard()
    except (OSError, msgspec.DecodeError) as error:
        raise InputError(
            f"{path}: not a data card ({error}); mend it, or remove it and import again"
        ) from None
