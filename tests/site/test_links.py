"""Links and anchors of the served site, those of the theme, notebooks and raw HTML included."""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from .conftest import SITE_URL

LINKING = ("action", "data", "href", "poster", "src")  # attributes that name one address
IN_STYLES = r"""url\(["']?([^)"']+)"""


def test_every_link_leads_somewhere(site):
    """From pages and style sheets to a file of the site, or to another host."""
    links = set()
    for file in site.folder.rglob("*.*"):
        place = SITE_URL + file.relative_to(site.folder).as_posix().removesuffix("index.html")
        if file.suffix == ".html":
            tree = LexborHTMLParser(file.read_text("utf-8"))
            assert not tree.css("[srcset], base, meta[http-equiv=refresh]"), file
            found = [node.attributes[each] for each in LINKING for node in tree.css(f"[{each}]")]
            styles = [node.attributes["style"] for node in tree.css("[style]")]
            styles += [node.text() for node in tree.css("style")]
        elif file.suffix == ".css":
            found, styles = [], [file.read_text("utf-8")]
        else:
            continue
        found += [link for style in styles for link in re.findall(IN_STYLES, style)]
        links |= {(place, link) for link in found}
    assert len(links) > 5000
    own = urlsplit(SITE_URL)
    lost = []
    for place, link in links:
        target = urlsplit(urljoin(place, link))
        path = site.folder / unquote(target.path).removeprefix(own.path)
        if target.netloc != own.netloc:
            leads = target.scheme in ("data", "https")
        else:
            leads = (
                target.path.startswith(own.path)
                and (path / "index.html" if path.is_dir() else path).is_file()
            )
        if not leads:
            lost.append((place, link))
    assert lost == []


def test_every_anchor_leads_somewhere(site):
    pages = {
        page: LexborHTMLParser((site.folder / page / "index.html").read_text("utf-8"))
        for page in site.pages()
    }
    anchors = {
        page: {node.attributes["id"] for node in tree.css("[id]")} for page, tree in pages.items()
    }
    links = {
        (page, unquote(urljoin(f"/{page}", node.attributes["href"])))
        for page, tree in pages.items()
        for node in tree.css("a[href*='#']")
    }
    to_values = [link for _, link in links if "evidence/values/#" in link]
    assert len(to_values) > 500
    lost = []
    for page, link in links:
        target, _, anchor = link.removeprefix("/").partition("#")
        if target in anchors and anchor not in {"", *anchors[target]}:
            lost.append((page, link))
    assert lost == []


def test_no_page_is_json_and_every_figure_stands_in_both_languages(site):
    for page in site.pages():
        text = (site.folder / page / "index.html").read_text("utf-8")
        assert text.lstrip().lower().startswith("<!doctype html>"), page
    figures = {path.name for path in (site.folder / "figures").iterdir()}
    assert figures and figures == {path.name for path in (site.folder / "en" / "figures").iterdir()}
    for name in {name.split(".light.")[0] for name in figures if ".light." in name}:
        assert f"{name}.csv" in figures and any(
            other.startswith(f"{name}.dark.") for other in figures
        ), name
