"""Links and anchors of the served site, those of the theme, notebooks and raw HTML included,
followed by LinkChecker.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from urllib.parse import unquote

SETTINGS = """
[AnchorCheck]
[output]
log=csv
status=0
[csv]
separator=;
[filtering]
ignorewarnings=url-content-too-large,http-redirected
ignore=/evidence/values/#
[checking]
threads=4
maxrequestspersecond=1000
"""


def test_every_link_and_anchor_leads_somewhere(site, tmp_path):
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


def test_every_value_leads_to_its_row(site):
    """LinkChecker would read the page of all values, the longest, once for each of them."""
    rows = {
        language: set(
            re.findall(
                r'id="([^"]+)"',
                (site.folder / language / "evidence/values/index.html").read_text("utf-8"),
            )
        )
        for language in ("", "en/")
    }
    links = {
        page: re.findall(
            r'href="[^"]*evidence/values/#([^"]+)"',
            (site.folder / page / "index.html").read_text("utf-8"),
        )
        for page in site.pages()
    }
    assert sum(map(len, links.values())) > 500
    assert {
        (page, link)
        for page, found in links.items()
        for link in found
        if unquote(link) not in rows["en/" if page.startswith("en/") else ""]
    } == set()


def test_no_page_is_json_and_every_figure_stands_in_both_languages(site):
    for page in site.pages():
        assert (
            (site.folder / page / "index.html")
            .read_text("utf-8")
            .lstrip()
            .lower()
            .startswith("<!doctype html>")
        ), page
    figures = {path.name for path in (site.folder / "figures").iterdir()}
    assert figures and figures == {path.name for path in (site.folder / "en" / "figures").iterdir()}
    for name in {name.split(".light.")[0] for name in figures if ".light." in name}:
        assert f"{name}.csv" in figures and any(
            other.startswith(f"{name}.dark.") for other in figures
        ), name
