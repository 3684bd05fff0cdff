"""Links and anchors of the served site, those of the theme, notebooks and raw HTML included,
followed by LinkChecker.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from urllib.parse import unquote, urljoin

from selectolax.lexbor import LexborHTMLParser

SETTINGS = """
[output]
log=csv
status=0
[csv]
separator=;
[filtering]
ignorewarnings=url-content-too-large,http-redirected
[checking]
threads=4
maxrequestspersecond=1000
"""


def test_every_link_leads_somewhere(site, tmp_path):
    (tmp_path / "settings").write_text(SETTINGS)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "linkcheck",
            "-f",
            tmp_path / "settings",
            "--no-robots",
            site.address,
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=600,
    )
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith("#")]
    rows = list(csv.DictReader(lines, delimiter=";"))
    wrong = [
        f"{row['parentname']} -> {row['urlname']}: {row['result']} {row['warningstring']}"
        for row in rows
        if row["valid"] != "True" or row["warningstring"]
    ]
    assert done.returncode == 0 and not wrong, "\n".join(wrong) or done.stdout + done.stderr


def test_every_anchor_leads_somewhere(site):
    """LinkChecker would fetch and read a page again for each anchor in it."""
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
