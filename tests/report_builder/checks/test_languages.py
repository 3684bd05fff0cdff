"""What one language's page has and the other's lacks is named with its line; what may differ
passes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from report_builder.checks.languages import differences
from xo.store.source_digest import ROOT

ZH = """---
title: 网络
description: 层与参数。
---

# 网络

种子 {{ value("baseline.seed") }} 判错 {{ value("baseline.mistakes") }} 幅。{{ claim("seed") }}。

{{ figure("network.baseline") }}

## 尺寸

见[训练](../xo/training.md#平台期)，[论文](https://a.org/zh)。{{ term("stride", "步幅") }}决定一切。

$$
n_{\\text{卷积}} = n - 2
$$

```python
net = build()  # 建网络
print("参数")
```

| 层 | 参数 |
|---|---:|
| 卷积 | {{ value("baseline.parameters") }} |

{% if verdict("seed") == "supported" %}看种子。{% endif %}

??? question "练习"

    1. 为什么？
    2. 怎样？
"""
EN = """---
title: Network
description: Layers and parameters.
---

# Network

{{ value("baseline.mistakes") }} wrong with seed {{ value("baseline.seed") }}. {{ claim("seed") }}.

{{ figure("network.baseline") }}

## Sizes

See [training](../xo/training.md#plateau), [paper](https://a.org/en). {{ term("stride") }} decides.

$$
n_{\\text{conv}} = n - 2
$$

```python
net = build()  # build it
print("parameters")
```

| Layer | Parameters |
|---|---:|
| Convolution | {{ value("baseline.parameters") }} |

{% if verdict("seed") == "supported" %}It is the seed.{% endif %}

??? question "Exercises"

    1. Why?
    2. How?
"""


def compared(folder: Path, zh: str, en: str, name: str = "network.md") -> list[str]:
    for language, text in (("zh", zh), ("en", en)):
        (folder / "docs" / language).mkdir(parents=True, exist_ok=True)
        (folder / "docs" / language / name).write_text(text, encoding="utf-8")
    return list(differences(folder / "docs"))


def test_words_order_within_a_section_anchors_and_comments_may_differ(tmp_path: Path):
    assert compared(tmp_path, ZH, EN) == []


@pytest.mark.parametrize(
    ("words", "changed", "line", "what"),
    [
        ('{{ figure("network.baseline") }}', "", 10, "expression 'figure(\"network.baseline\")'"),
        (
            '{{ value("baseline.mistakes") }}',
            "Some",
            8,
            "expression 'value(\"baseline.mistakes\")'",
        ),
        ('{{ claim("seed") }}', "It depends", 8, "expression 'claim(\"seed\")'"),
        (
            '== "supported" %}',
            '== "refuted" %}',
            29,
            'tag \'if verdict("seed") == "supported"\'',
        ),
        ('{{ term("stride") }}', '{{ term("pooling") }}', 14, "expression 'term(\"stride\")'"),
        ("../xo/training.md#plateau", "../xo/data.md", 14, "link '../xo/training.md'"),
        ("n - 2", "n - 1", 16, "formula 'n_{} = n - 2'"),
        ("net = build()", "net = build(3)", 20, "code block 'python net = build() print()'"),
        ("| Convolution |", "|", 27, "table row '|||'"),
        ("    2. How?\n", "", 34, "exercise '2.'"),
        ("??? question", "??? note", 31, "box '??? question'"),
        ("description: Layers and parameters.\n", "", 2, "front matter 'title: description:'"),
    ],
)
def test_what_only_one_page_has_is_named_with_its_line(
    tmp_path: Path, words: str, changed: str, line: int, what: str
):
    assert words in EN
    found = compared(tmp_path, ZH, EN.replace(words, changed, 1))
    assert (
        f"docs/zh/network.md:{line}: {what}, which docs/en/network.md lacks under the same "
        "heading; give both the same"
    ) in found
    assert {problem.partition(":")[0] for problem in found[1:]} <= {"docs/en/network.md"}


def test_another_heading_is_named_where_it_comes_first(tmp_path: Path):
    assert compared(tmp_path, ZH, EN.replace("## Sizes", "### Sizes")) == [
        "docs/zh/network.md:12: a heading of level 2, where docs/en/network.md has one of level 3; "
        "give both pages the same headings",
        "docs/en/network.md:12: a heading of level 3, where docs/zh/network.md has one of level 2; "
        "give both pages the same headings",
    ]
    assert compared(tmp_path, ZH, EN + "\n## More\n") == [
        "docs/en/network.md:36: a heading of level 2, where docs/zh/network.md has none; "
        "give both pages the same headings"
    ]


def test_a_section_is_compared_with_its_own(tmp_path: Path):
    moved = EN.replace('{{ figure("network.baseline") }}\n', "").replace(
        "## Sizes\n", '## Sizes\n\n{{ figure("network.baseline") }}\n'
    )
    assert {
        problem.split("'")[0].rsplit(" ", 2)[0] for problem in compared(tmp_path, ZH, moved)
    } == {"docs/zh/network.md:10:", "docs/en/network.md:13:"}


def test_a_page_that_one_language_lacks_is_named(tmp_path: Path):
    compared(tmp_path, ZH, EN)
    (tmp_path / "docs/en/more.md").write_text("# More\n", encoding="utf-8")
    assert list(differences(tmp_path / "docs")) == [
        "docs/en/more.md:1: there is no docs/zh/more.md; write it"
    ]


def test_notebooks_have_the_same_cells(tmp_path: Path):
    zh = "# %% [markdown]\n# # 手算\n#\n# 见[数据](../xo/data.md)。\n\n# %%\nprint(2 * n)  # 两倍\n"
    en = zh.replace("手算", "By hand").replace("见[数据]", "See [data]").replace("两倍", "twice")
    assert compared(tmp_path, zh, en, "by-hand.py") == []
    assert compared(tmp_path, zh, en.replace("2 * n", "3 * n"), "by-hand.py") == [
        f"docs/{language}/by-hand.py:6: code cell 'print({n} * n)', which docs/{other}/by-hand.py "
        "lacks under the same heading; give both the same"
        for language, other, n in (("zh", "en", 2), ("en", "zh", 3))
    ]


def test_the_pages_of_this_site_say_the_same():
    assert list(differences(ROOT / "docs")) == []
