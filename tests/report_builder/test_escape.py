"""Text from outside in every format that it enters: the format's own reader reads the same text."""

from __future__ import annotations

import ast
import csv
import io
import json
import subprocess
from urllib.parse import unquote

import pytest
import yaml
from markdown import Markdown
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser

from report_builder import escape
from report_builder.pages.templating import TEMPLATES, environment
from xo.store.source_digest import ROOT

NAMES = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[[x]](javascript:alert(1))",
    "a|b",
    "$\\frac$",
    "\\(x\\)",
    "{{ 7*7 }}",
    "{ onclick=alert(1) }",
    "*x* **y** _z_",
    "`x`",
    "=1+1",
    '"quoted"',
    "it's",
    "&lt;b&gt;",
    "a\\",
    "]",
    "<!-- x",
    "圆 O",
]


@pytest.fixture(scope="module")
def markdown() -> Markdown:
    """With the site's own extensions."""

    class Loader(yaml.SafeLoader):
        """Knows MkDocs' tags as names."""

    Loader.add_multi_constructor("!", lambda loader, tag, node: None)
    Loader.add_multi_constructor("tag:yaml.org,2002:python/name:", lambda loader, tag, node: None)
    settings = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Loader)[
        "markdown_extensions"
    ]
    return Markdown(
        extensions=[next(iter(each)) if isinstance(each, dict) else each for each in settings],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "text, select, attribute",
    [
        ("Of {} only", "p", None),
        ("# About {}", "h1", None),
        ("| Class |\n| --- |\n| {} |", "td", None),
        ("**{}**", "strong", None),
        ("[{}](a.md){{ .value }}", "a", None),
        ("![{}](a.png){{ width=9 }}", "img", "alt"),
        ('[a](a.md){{ .value title="{}" }}', "a", "title"),
        ('Of <span title="{}">a</span>', "span", "title"),
        ('<figcaption markdown="span">{}</figcaption>', "figcaption", None),
        ("<table><tr><td>{}</td></tr></table>", "td", None),
    ],
)
def test_markdown_shows_a_name_as_it_is(markdown, name, text, select, attribute):
    content = LexborHTMLParser(markdown.reset().convert(text.format(escape.markdown(name))))
    element = content.css_first(select)
    shown = element.attributes[attribute] if attribute else element.text()
    assert shown.strip().removeprefix("Of ").removeprefix("About ").removesuffix(" only") == name
    assert not content.css(
        "script, em, code, [onerror], [onclick], [href^=javascript], .arithmatex"
    )
    assert len(content.css("img")) == (select == "img")


def test_a_line_break_ends_no_line_of_markdown():
    assert escape.markdown("a\n\n# b") == "a  # b"


@pytest.mark.parametrize("name", NAMES)
def test_no_tag_begins_in_a_tooltip_that_a_script_reads_as_html(name):
    title = (
        LexborHTMLParser(f'<a title="{escape.tooltip(name)}">a</a>')
        .css_first("a")
        .attributes["title"]
    )
    assert not LexborHTMLParser(f"<p>{title}</p>").css("p *")
    assert title.replace("\N{WORD JOINER}", "") == name


def test_a_number_below_a_bound_is_no_tag_in_a_tooltip():
    assert escape.tooltip("<0.1 %") == "&lt;0.1 %"


def test_an_expression_on_a_page_is_plain_text_unless_it_is_marked_as_markdown():
    assert escape.expression("<b>") == "&lt;b&gt;"
    assert escape.expression(Markup("<b>")) == "<b>"
    assert escape.expression(3) == "3"


@pytest.mark.parametrize("name", NAMES)
def test_json_in_a_page_ends_no_script_and_reads_back(name):
    text = environment(TEMPLATES).from_string("{{ name | tojson }}").render(name={"name": name})
    assert "<" not in text and json.loads(text) == {"name": name}


@pytest.mark.parametrize("name", NAMES)
def test_an_address_keeps_to_its_link_and_leads_to_what_it_names(markdown, name):
    link = LexborHTMLParser(markdown.reset().convert(f"[a]({escape.address(name)})")).css_first("a")
    assert unquote(link.attributes["href"]) == name


@pytest.mark.parametrize(
    "name",
    [
        *NAMES,
        "line\nbreak",
        "it's\ta tab",
        "$HOME `id` $(id)",
        "é\n圆\\x41'",
        "\N{NO-BREAK SPACE}\N{LINE SEPARATOR}1",
    ],
)
def test_bash_reads_a_name_back_as_one_word_of_one_line(name):
    word = escape.shell(name)
    assert "\n" not in word
    assert (
        subprocess.run(
            ["bash", "-c", f"printf %s {word}"], capture_output=True, check=True
        ).stdout.decode()
        == name
    )


@pytest.mark.parametrize("name", [*NAMES, "line\nbreak"])
def test_python_reads_a_name_back(name):
    assert ast.literal_eval(escape.python(name)) == name


@pytest.mark.parametrize(
    "value, cell",
    [
        ("=1+1", "'=1+1"),
        ("+cmd|x", "'+cmd|x"),
        ("-x", "'-x"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\r=1", "'\r=1"),
        ("-1.5", "-1.5"),
        ("+2e3", "+2e3"),
        ("circles", "circles"),
        ("", ""),
        (-1.5, -1.5),
        (None, None),
    ],
)
def test_a_spreadsheet_takes_text_for_text_and_numbers_for_numbers(value, cell):
    assert escape.csv_cell(value) == cell


@pytest.mark.parametrize("name", NAMES)
def test_a_name_keeps_to_its_cell_of_a_csv(name):
    out = io.StringIO()
    csv.writer(out).writerow(["a", escape.csv_cell(name), "b"])
    (row,) = csv.reader(io.StringIO(out.getvalue()))
    assert [row[0], row[1].removeprefix("'"), row[2]] == ["a", name, "b"]
