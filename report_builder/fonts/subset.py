"""Makes xo-report-sans.otf, the font of the figures, from Debian's fonts-noto-cjk.

    python report_builder/fonts/subset.py

It holds Latin, Greek, signs, every character in the code of figures and the table of variants, and
the commonest Chinese characters, so that class names of a user's own data can be written too.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SOURCE = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SIMPLIFIED = 2  # the collection's face for mainland Chinese
TARGET = HERE / "xo-report-sans.otf"
FAMILY = "XO Report Sans"  # a name of its own: an installed Noto must not be taken for it
COMMON = 900
SIGNS = (
    "·×÷±−≤≥≠≈→←↑↓∞∑√∂∈∅…–—‘’“”•°′″✓✗■□▲△●○◆◇"
    "、。〈〉《》「」『』【】〔〕！（），．：；？～％＋－＝／＜＞｜"
)


def used() -> set[str]:
    """The characters in the sources whose text is drawn."""
    files = [
        *sorted((ROOT / "report_builder" / "figures").rglob("*.py")),
        ROOT / "report_builder" / "evidence" / "fates.py",
        ROOT / "report_builder" / "evidence" / "log_explanations.py",
        ROOT / "xo" / "variants.py",
    ]
    return set("".join(file.read_text(encoding="utf-8") for file in files)) - set("\n")


def common(n: int) -> set[str]:
    """The `n` commonest Chinese characters, by the word counts of jieba's dictionary."""
    import jieba

    counts: Counter[str] = Counter()
    for line in jieba.get_dict_file():
        word, count, _ = line.decode("utf-8").split(" ")
        for character in word:
            if "\u4e00" <= character <= "\u9fff":
                counts[character] += int(count)
    return {
        character
        for character, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:n]
    }


def characters() -> set[str]:
    latin = {
        chr(code)
        for block in (range(0x20, 0x7F), range(0xA0, 0x100), range(0x391, 0x3CA))
        for code in block
    }
    return (latin | set(SIGNS) | used() | common(COMMON)) - {
        "\xad",
        "\u03a2",
    }  # soft hyphen; not assigned


def main(source: str = SOURCE) -> None:
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(source, fontNumber=SIMPLIFIED, recalcTimestamp=False)
    options = subset.Options()
    options.hinting = False
    options.layout_features = ["kern"]
    options.drop_tables += [
        "vhea",
        "vmtx",
        "VORG",
        "BASE",
        "GSUB",
    ]  # for vertical text, and for choices we do not make
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14]
    options.name_languages = [0x409]
    options.notdef_outline = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(characters())))
    subsetter.subset(font)
    name = font["name"]
    postscript = FAMILY.replace(" ", "")
    for number, text in (
        (1, FAMILY),
        (3, f"{postscript}-Regular"),
        (4, FAMILY),
        (6, f"{postscript}-Regular"),
    ):
        name.setName(text, number, 3, 1, 0x409)
    font["CFF "].cff.fontNames = [f"{postscript}-Regular"]
    font.save(TARGET)
    print(f"{TARGET}: {len(font.getBestCmap())} characters, {TARGET.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(*sys.argv[1:])
