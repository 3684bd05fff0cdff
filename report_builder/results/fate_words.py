"""The fates of runs in words: what each means, and how many runs met it.

Figures, values, tables and the glossary take their wording from here.
"""

from __future__ import annotations

from report_builder.evidence.fates import FATE_NAMES, Fate
from report_builder.text import EMPTY, SPACE, Text

FATE_MEANINGS: dict[Fate, Text] = {
    "solved": Text(
        "最后一轮的测试准确率达到学会的界线",
        "the last test accuracy is at the level that counts as solved, or above",
    ),
    "unsettled": Text(
        "损失离开过随机猜测的水平，最后既没有学会，也没有崩溃",
        "the loss left that of guessing, but ends neither solved nor collapsed",
    ),
    "collapsed": Text(
        "损失离开过随机猜测的水平，最后又回到那里，有一层几乎不再响应",
        "the loss had left that of guessing and ends there again, with a layer gone silent",
    ),
    "never left chance": Text(
        "损失始终在随机猜测的水平附近",
        "the loss stayed near that of guessing",
    ),
}
FATE_VALUES: dict[Fate, str] = {  # `baseline.fates.never-left`
    "solved": "solved",
    "unsettled": "unsettled",
    "collapsed": "collapsed",
    "never left chance": "never-left",
}
UNEXPLAINED: tuple[Fate, ...] = ("solved", "never left chance")  # their names say what they mean


def goal_in_words(goal: float) -> str:
    """The accuracy from which a run has solved its task: 98 %."""
    return f"{100 * goal:g}{SPACE}%"


def fates_in_words(counts: dict[Fate, int]) -> Text:
    """6 solved, 3 collapsed, 1 never left chance; fates that no run met are left out."""
    met = [(k, FATE_NAMES[fate]) for fate, k in counts.items() if k]
    return Text(
        "，".join(f"{k}{SPACE}次{name.zh}" for k, name in met),
        ", ".join(f"{k} {name.en}" for k, name in met),
    )


def fates_explained(counts: dict[Fate, int], of: Text = EMPTY) -> Text:
    """The same as a sentence of a caption, with what a name does not say by itself; `of` says which
    runs these are, unless they are all.
    """
    met = [fate for fate, k in counts.items() if k and fate not in UNEXPLAINED]
    zh = "；".join(f"{FATE_NAMES[fate].zh}：{FATE_MEANINGS[fate].zh}" for fate in met)
    en = "; ".join(f"{FATE_NAMES[fate].en}: {FATE_MEANINGS[fate].en}" for fate in met)
    return Text(
        "训练的结局{of}：{counts}{meanings}。", " How runs ended{of}: {counts}{meanings}."
    ).format(
        of=of,
        counts=fates_in_words(counts),
        meanings=Text(f"（{zh}）", f" ({en})") if met else EMPTY,
    )
