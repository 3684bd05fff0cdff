"""What a computation asks the evidence for, recorded while it is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple, ParamSpec, TypeVar

import msgspec

P = ParamSpec("P")
T = TypeVar("T")


class Requests(msgspec.Struct):
    """What was asked for, by name."""

    every_variant: bool = False  # which variants have runs, and their rows
    variants: set[str] = msgspec.field(default_factory=set)  # the rows of these
    runs: set[str] = msgspec.field(default_factory=set)  # of these variants
    demonstrations: set[str] = msgspec.field(default_factory=set)
    files: set[str] = msgspec.field(default_factory=set)  # below the root of the project
    values: set[str] = msgspec.field(default_factory=set)  # of the report, quoted by a table
    colors: set[str] = msgspec.field(default_factory=set)  # things drawn in a color of their own

    def __or__(self, other: Requests) -> Requests:
        return Requests(
            self.every_variant or other.every_variant,
            self.variants | other.variants,
            self.runs | other.runs,
            self.demonstrations | other.demonstrations,
            self.files | other.files,
            self.values | other.values,
            self.colors | other.colors,
        )


class Origin(NamedTuple):
    """Which function computed a result, and what it asked for."""

    code: str  # "report_builder.results.tables:layers"
    requests: Requests


_current: ContextVar[Requests | None] = ContextVar("requests", default=None)


@contextmanager
def recording() -> Iterator[Requests]:
    """Within the block, what is asked of the evidence is noted in the yielded requests."""
    requests = Requests()
    token = _current.set(requests)
    try:
        yield requests
    finally:
        _current.reset(token)


def current_requests() -> Requests:
    """Those of the recording that is on, to note something in; without one they are lost."""
    return _current.get() or Requests()


def note_requests(requests: Requests) -> None:
    """Adds requests, of a recording within the one that is on, to this one."""
    outer = current_requests()
    for name, value in msgspec.structs.asdict(outer | requests).items():
        setattr(outer, name, value)


def recorded(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> tuple[T, Origin]:
    """The result of the function, and where it came from."""
    with recording() as requests:
        result = function(*arguments, **named)
    return result, Origin(f"{function.__module__}:{function.__name__}", requests)
