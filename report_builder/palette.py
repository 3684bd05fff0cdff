"""The colors of figures and pages, each in two forms: on a light page, on a dark page.

A color belongs to one thing and keeps it everywhere. Text in any of them, but for the ground and
the grid, has a contrast of at least 4.5:1 with the ground.
"""

from __future__ import annotations

from itertools import cycle

# thing: (on light, on dark); hues after Okabe & Ito and Paul Tol, changed until text can be read
COLORS = {
    "ground": ("#ffffff", "#1e2129"),
    "ink": ("#1b1d21", "#e6e8ec"),
    "muted": ("#5a5e66", "#a9aeb8"),
    "grid": ("#e4e6ea", "#343945"),
    "chance": ("#63666a", "#a3a7ae"),
    "published": ("#a5407f", "#e59bc7"),
    "receptive field": ("#c2185b", "#ff80b0"),
    "O": ("#0067a5", "#56b4e9"),
    "X": ("#b34700", "#f0a23c"),
    "test": ("#5f5fc4", "#a9a9ff"),
    "train": ("#8a5a00", "#d9b45a"),
    "solved": ("#1a56b0", "#3fa9f5"),
    "unsettled": ("#985c0f", "#e8b701"),
    "collapsed": ("#7a0c1e", "#e65c61"),
    "never left chance": ("#737479", "#e3f2fa"),
    "baseline": ("#332288", "#a79bf5"),
    "three-conv": ("#117733", "#57c785"),
    "no-pooling": ("#882255", "#ee88b4"),
    "channels-11": ("#1c7596", "#88ccee"),
    "channels-15": ("#0b766a", "#4fc3b0"),
    "features": ("#9a3b8e", "#dd93d0"),
    "trained-pooling": ("#5b4b9a", "#b6a6ff"),
    "one-by-one": ("#3b6d2c", "#9bd07f"),
    "global-average": ("#7d4f2a", "#d9ad86"),
    "max pooling": ("#0a5f5f", "#5fd0d0"),
    "mean pooling": ("#7a4a1f", "#d8a878"),
    "gaussian pooling": ("#9a2a4d", "#f59ab5"),
    "three-conv-wrong-folder": ("#69690f", "#c2c257"),
    "no-pooling-wrong-folder": ("#8f5a0a", "#e0c070"),
    "three-conv-uneven": ("#2f6b5b", "#7fcdb4"),
    "no-pooling-uneven": ("#96474b", "#eba2a4"),
    "lr-0-03": ("#4a6a12", "#b3d166"),
    "lr-0-01": ("#8a4f00", "#efb56a"),
    "kaiming": ("#a8324a", "#ff99aa"),
    "kaiming-lr-0-03": ("#6a3fa0", "#c8a8f5"),
    "kaiming-lr-0-01": ("#2b6090", "#8fc4f0"),
}
# for variants and classes that a user adds
FURTHER = (
    ("#b8323f", "#ff8e8e"),
    ("#4a5fa8", "#9db2ff"),
    ("#5b6e1e", "#b7cf6b"),
    ("#7a4bb5", "#c4a3f2"),
    ("#8c4a3a", "#e3a793"),
    ("#2e6f6f", "#7ccbcb"),
    ("#6e4e7e", "#c9a9da"),
    ("#55624a", "#afc29f"),
    ("#a03d70", "#f29cc0"),
    ("#3c6a94", "#a6cdf0"),
)
# negative, zero, positive; neither end is the color of a class
DIVERGING = (
    ("#40004b", "#762a83", "#c2a5cf", "#f4f4f4", "#a6dba0", "#1b7837", "#00441b"),
    ("#f3dcff", "#c883e0", "#6d3f7c", "#14161b", "#2f6d46", "#62c480", "#ddffe4"),
)


def pair(thing: str) -> tuple[str, str]:
    """The color of a thing; one that is not listed always gets the same one of FURTHER."""
    return COLORS.get(thing) or FURTHER[sum(thing.encode()) % len(FURTHER)]


def class_pairs(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """A color for each class, by its name in figures; up to ten classes have different ones, of
    more those that follow one another.
    """
    further = cycle(FURTHER)
    return [COLORS.get(name) or next(further) for name in names]
