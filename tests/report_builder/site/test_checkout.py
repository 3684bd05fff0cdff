"""The link to the repository: where it leads, what it never gives away, and what it makes stale."""

from __future__ import annotations

import subprocess

import pytest
from selectolax.lexbor import LexborHTMLParser

from report_builder.site.checkout import repository_address, web_address

from .conftest import Project


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://host.org/owner/x.git", "https://host.org/owner/x"),
        ("https://user:token@host.org/owner/x.git", "https://host.org/owner/x"),
        ("https://token@host.org/owner/x/", "https://host.org/owner/x"),
        ("http://user:token@intranet:8080/x.git", "http://intranet:8080/x"),
        ("https://user:token@[::1]:8443/x", "https://[::1]:8443/x"),
        ("https://host.org/x?token=t#t", "https://host.org/x"),
        ("git@host.org:owner/x.git", "https://host.org/owner/x"),
        ("host.org:/owner/x", "https://host.org/owner/x"),
        ("ssh://git@host.org:2222/owner/x.git", "https://host.org/owner/x"),
        ("git://host.org/x.git", "https://host.org/x"),
        ('https://host.org/a"><b>/x y', "https://host.org/a%22%3E%3Cb%3E/x%20y"),
        ("git@work:owner/x.git", ""),  # an alias in somebody's settings of ssh
        ("/srv/git/x.git", ""),
        ("../x", ""),
        ("./host.org:x", ""),
        ("C:/git/x", ""),
        ("file:///srv/git/x.git", ""),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("https://host.org:token/x", ""),
        ("https://[::1/x", ""),
        ("", ""),
    ],
)
def test_a_remote_is_given_as_a_browser_finds_it_without_name_or_token(remote, address):
    assert web_address(remote) == address


def git(project: Project, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=project.root, check=True, capture_output=True)


def links(page: str) -> list[str]:
    found = LexborHTMLParser(page).css("a.md-source")
    assert not LexborHTMLParser(page).css("[data-md-component=source]")  # would ask its host
    return [link.attributes["href"] for link in found]


def test_every_page_links_to_the_repository_that_was_cloned(published):
    git(published, "init", "-q")
    assert not published.publish()  # no remote, nothing to link to
    assert links(published.page("index.html")) == []
    git(published, "remote", "add", "origin", "https://me:secret@github.com/owner/x.git")
    git(published, "remote", "add", "upstream", "https://github.com/upstream/x.git")
    assert published.publish() and not published.publish()
    for name in ("index.html", "en/xo/data/index.html", "hands-on/by-hand/index.html", "404.html"):
        page = published.page(name)
        assert set(links(page)) == {"https://github.com/owner/x"}
        assert "secret" not in page and "owner/x" in page.split('class="md-source__repository"')[1]


def test_settings_name_another_repository_and_no_secret(published):
    git(published, "init", "-q")
    git(published, "remote", "add", "origin", "https://github.com/owner/x.git")
    settings = published.config.read_text("utf-8")
    published.config.write_text(f"repo_url: https://me:secret@host.org/own\n{settings}", "utf-8")
    assert published.publish()
    for name in ("index.html", "en/index.html"):
        assert set(links(published.page(name))) == {"https://host.org/own"}
        assert "secret" not in published.page(name)


def test_the_only_remote_counts_and_one_of_several_or_of_a_folder_around_does_not(tmp_path):
    def remote(name: str) -> None:
        address = f"git@host.org:{name}/x.git"
        subprocess.run(["git", "remote", "add", name, address], cwd=tmp_path, check=True)

    assert repository_address(tmp_path) == ""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    remote("one")
    assert repository_address(tmp_path) == "https://host.org/one/x"
    (tmp_path / "below").mkdir()
    assert repository_address(tmp_path / "below") == ""
    remote("two")
    assert repository_address(tmp_path) == ""
