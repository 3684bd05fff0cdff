"""Finds results that somebody typed in, where a page or a figure should take them from the
records.

RESULTS says how a result looks in prose, SET_UP what looks like one and is none, ALLOWED which
constants may be typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from report_builder.checks.prose import COMPUTED, Passage, files_with_prose, passages

HERE = "report_builder/checks/typed_numbers.py"
REMEDY = (
    "take it from the records with value(...) or claim(...), "
    f"or put the constant into ALLOWED in {HERE}"
)


class Allowed(NamedTuple):
    """Numbers that may be typed: a pattern that covers them, and the files where they may stand."""

    pattern: str
    where: str = "*"


# Each with its reason. An entry that lets nothing through any more is a fault too, so that the list
# stays short.
ALLOWED = [
    # ln 2, the loss of guessing between two equal classes
    Allowed(r"0\.693"),
    # a tenth of it, as the assignment prints it
    Allowed(r"0\.069"),
    # the level of all intervals
    Allowed(
        r"(区间|interval)[^。.]{0,30}95 ?%|95 ?%[^。.]{0,20}(区间|interval|分位|quantile)"
        r"|有 95 ?% 会盖住"
    ),
    # shares of 300 test and 1,700 training images
    Allowed(r"15 ?% ?(与|和|and) ?85 ?%"),
    # the p from which a test decides
    Allowed(r"(不大于|不超过|低于|at most|below) 0\.05"),
    # the ends of a scale
    Allowed(r"(0 (和|and)|3×3 (层为|is)) 100 ?%"),
    # how wide and high the generator draws circles, as shares of their square
    Allowed(r"0\.5 (到|to) 0\.9", "*/xo/data.md"),
    # how near a seed must be to a log's level
    Allowed(r"百分之五|five percent", "*/evidence/published.md"),
    # the words of the original: a heading, and the claim's own statement
    Allowed(r"第 7 轮就没有损失|epoch 7 the loss is gone"),
    # the test of that claim
    Allowed(r"到第 7 轮|）第 7 轮|(by|in) epoch 7|0\.001 (或|or) 0\.000", "*/original_claim*.py"),
    # the second half of its 20 epochs, of which it claims that they are needed
    Allowed(r"epochs 11 to 20|第 11 至 20 轮", "*/original_claims.py"),
    # a p value too small to print
    Allowed(r"p < 0\.0001", "*/findings.py"),
    # an example of a time that a command takes
    Allowed(r"30min"),
    # printed by the original: a claim tests it
    Allowed(r"99\.67 ?%", "*/original_claim*.py"),
]


# The words that the patterns below are made of.
_NAMES = {
    "<EPOCH>": r"(?<![\w-])epochs? <LATER>|<LATER> (?:epochs?\b|轮)",
    # runs are looked at in epochs 10 and 20, whatever they do
    "<LATER>": r"(?<![a-z0-9_.,×])(?!(?:10|20)(?!\d))\d+(?![\d×])",
    "<SOME>": r"<N>|<DONE>",
    # not the end of X1 or 3×3; Chinese may stand before it
    "<N>": r"(?<![a-z0-9_.,×/+−-])\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?(?![\d×])",
    "<DONE>": f"{COMPUTED}+",  # what a template or an f-string fills in
    "<BIG>": r" ?(?:million|billion|thousand|k|M|万|亿)(?![a-z])",
    "<WORD>": r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty)",
    "<HAN>": r"[一二两三四五六七八九十百]",
    "<RUNS>": r"(?:seed|run|network|net)s?\b",
    "<次>": r"个种子|次训练|次|个网络",
    "<OUTCOME>": r"\b(?:solve|learn|escap|leav|left\b|fall|fell\b|drop|converg|reach|gone\b"
    r"|vanish|plateau|chance\b|lasts?\b|needs?\b|takes?\b|took\b)"
    r"|学会|学不会|逃离|离开|下降|降到|降至|收敛|达到|消失|停在|平台期|没有了|没有损失|随机猜测"
    r"|持续|需要|用了|只用",
    "<NEAR>": f"[^.。；;|\n{COMPUTED}]{{0,30}}?",  # words of the same sentence
    "<CLOSE>": "[^.,。，；;|\n\\d]{0,12}?",  # words of the same clause
}


def _pattern(*alternatives: str) -> re.Pattern:
    text = "|".join(alternatives)
    for name, meaning in _NAMES.items():
        text = text.replace(name, f"(?:{meaning})")
    return re.compile(text, re.IGNORECASE)


# What looks like a result and is none: versions, sections, learning rates.
SET_UP = _pattern(
    r"(?:Python|PyTorch|MkDocs|versions?|版本)[^.;。；\d]{0,20}"
    r"\d+(?:\.\d+)+(?: ?(?:to|or|and|至|到) ?\d+(?:\.\d+)+)*",
    r"(?:sections?|chapters?|第) ?\d+(?:\.\d+)+(?: ?节)?",
    r"(?:learning rates?|学习率)[^.;。；\d]{0,12}"
    r"\d+\.\d+(?: ?(?:,|and|or|to|、|和|与|到) ?\d+\.\d+)*",
)

# How a result looks: what the message calls it, and the words that it comes in.
RESULTS = {
    "a share": _pattern(
        r"(?:<N>|<WORD>)(?: ?[%‰]| per ?cent\b| per mille\b| (?:percentage )?points?\b| ?个百分点)",
        r"(?:half|a third|thirds|a quarter|quarters)(?: of)?(?: the| all)? <RUNS>",
        r"百分之[\d.〇零点一二两三四五六七八九十百]+",
        r"(?<![一二两三四五六七八九十百])<HAN>成(?=[的以左多半都就与和，。；、]|$)",
        r"(?:分之<HAN>|一半|半数)的?(?:种子|网络|训练)",
    ),
    "a measured number": _pattern(
        r"(?<![a-z0-9_.,-])\d[\d,]*\.\d+(?:e[+-]?\d+)?(?![\d.]*\d)", r"(?<![a-z0-9_.])\d+e-\d+"
    ),
    "a time": _pattern(
        r"<N>(?: [sh]\b| ?(?:ms|sec|seconds?|min|minutes?|hours?)\b)",
        r"<WORD> (?:seconds|minutes?|hours?)\b",
        r"\bhalf an? (?:second|minute|hour)\b|\ban? (?:minute|hour)\b",
        r"(?:<N> ?|[一二两三四五六七八九十半]+)个?半?(?:毫秒|秒|分钟|小时)",
        r"<N> images (?:a|per) second|每秒<CLOSE><N> ?[幅张]",
    ),
    "a count of parameters or multiply-adds": _pattern(
        r"<N><BIG>? ?个?(?:parameters?|weights?|multiply-adds?|MACs|FLOPs|参数|权重|权重|次乘)",
        r"(?:parameters|weights|multiply-adds|参数|权重|乘加)<CLOSE>"
        r"(?:<N><BIG>|(?<![\d.,])\d{1,3}(?:,\d{3})+|(?<![\d.,])\d{3,})",
    ),
    "a large number": _pattern(r"<N><BIG>", r"(?<![\d.,])(?:\d{2,3}(?:,\d{3})+|\d(?:,\d{3}){2,})"),
    "a count of seeds": _pattern(
        r"<N>(?: out)? of (?:the |all )?<SOME>|<DONE>(?: out)? of (?:the |all )?<N>",
        r"<WORD>(?: out)? (?:of|in) <WORD> <RUNS>|<N> <RUNS> (?:out )?of <SOME>",
        r"\b(?:of|all|in) <N> <RUNS>|<N> runs\b|\bn = \d+|(?<![\d/])\d+/\d+(?![\d/])",
        r"<N> <RUNS> (?:solve|learn|leave|left|stay|fail|do\b|did\b|never|escape|reach)",
        r"(?:<SOME>|<HAN>+) ?<次>[^。；\n]{0,6}[中里][^。；\n]{0,8}?(?:\d+|<HAN>+) ?[个次]",
        r"<N> ?<次>(?:全部|都|全|也|就|均)?(?:没有|没|未)?<OUTCOME>",
        r"(?:学会|失败|学不会)[^，。；\d\n]{0,6}\d+ ?[个次](?! ?(?:通道|类|核|像素|卷积))",
        r"(?!1 ?次)<N> ?次训练|训练[^，。；\d\n]{0,3}(?!1 ?次)\d+ ?次",
    ),
    "an epoch of success": _pattern(r"<OUTCOME><NEAR><EPOCH>", r"<EPOCH><NEAR><OUTCOME>"),
    "a ratio": _pattern(
        r"<N>(?: times|-?fold|×) "
        r"(?:as|faster|slower|more|less|fewer|larger|smaller|longer|bigger|the)\b",
        r"(?:twice|<WORD> times) as (?:fast|slow|long)",
        r"<N> ?倍|[快慢][^，。；\n]{0,3}<HAN>+倍",
    ),
    "an accuracy or loss": _pattern(
        r"(?:accurac(?:y|ies)|loss(?:es)?|error|准确率|正确率|损失|错误率)<CLOSE>"
        r"(?:\b(?:of|is|at|to|was|reaches|about|around|only)|[:：到至为是约有]) ?"
        r"<N>(?! ?(?:个|channels))"
    ),
    "a median or mean": _pattern(
        r"(?:median|mean|average)(?: \w+){0,3} (?:is|was|of) <N>",
        r"(?:中位数|平均|均值)[为是约 ]+<N>",
    ),
    "a size in memory": _pattern(
        r"(?:memory|peak|内存|峰值)<NEAR><N> ?[KMG]i?B|<N> ?[KMG]i?B<CLOSE>(?:memory|内存)",
        r"(?:uses|used|takes|took|占用?|用了)<NEAR><N> ?[MG]i?B",
    ),
    "a count of mistakes": _pattern(
        r"(?:misclassif\w+|mistakes?)(?: only)? <N>",
        rf"<N>[a-z {COMPUTED}]{{0,40}} (?:wrong|misclassified)",
        r"(?:判错|分错|认错|错了|误判)<CLOSE>\d+ ?[幅张个]|\d+ ?[幅张]<CLOSE>(?:判错|分错|认错)",
        r"\d+ ?幅[^。；\n]{0,4}[中里][^。；\n]{0,4}\d+ ?幅",
    ),
}


def typed_results(docs: Path, package: Path) -> Iterator[str]:
    """`file:line: what was found, and the remedy` for every result typed into a page, a notebook
    or the words of a module.
    """
    files = [file for file in files_with_prose(docs, package) if file.name != Path(__file__).name]
    used: set[Allowed] = set()
    for file in files:
        shown = file.relative_to((docs if docs in file.parents else package).parent)
        found = [
            (passage.line(match.start(), match[0]), match[0].strip(), what)
            for passage in passages(file)
            for what, match in _results(passage, shown, used)
        ]
        yield from (
            f"{shown}:{line}: '{words}' looks like {what}: {REMEDY}"
            for line, words, what in sorted(found)
        )
    yield from (
        f"{HERE}: ALLOWED has {entry.pattern!r}, which lets nothing through any more: take it out"
        for entry in ALLOWED
        if entry not in used
    )


def _results(passage: Passage, file: Path, used: set[Allowed]) -> Iterator[tuple[str, re.Match]]:
    """What each result is and where, by the first kind that finds it; notes which entries of
    ALLOWED let something through.
    """
    text = SET_UP.sub(lambda found: " " * len(found[0]), passage.text)
    permitted = [
        (entry, found.span())
        for entry in ALLOWED
        if file.match(entry.where)
        for found in re.finditer(entry.pattern, text)
    ]
    taken: list[tuple[int, int]] = []
    for what, pattern in RESULTS.items():
        for found in pattern.finditer(text):
            if any(first < found.end() and found.start() < last for first, last in taken):
                continue
            numbers = [number.span() for number in re.finditer(r"\d[\d,.]*", found[0])]
            by = [
                {
                    entry
                    for entry, (first, last) in permitted
                    if first <= found.start() + start and found.start() + end <= last
                }
                for start, end in numbers or [(0, len(found[0]))]
            ]
            if all(by):
                used.update(*by)
            else:
                taken.append(found.span())
                yield what, found
