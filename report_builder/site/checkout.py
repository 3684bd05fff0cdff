"""The git checkout that a site is built in: its commit, and where its repository is to be read."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import quote, urlsplit

import msgspec

REFUSALS = {  # what git says, and what we say
    "not a git repository": "not a git checkout",
    "dubious ownership": "a git checkout that is another user's, so that git does not read it; "
    "'git config --global --add safe.directory FOLDER' allows it",
    "unknown revision": "a git checkout without a commit",
}
READ_BY_BUILD = ("xo", "report_builder", "docs", "data", "mkdocs.yml", "pyproject.toml")
WEB, SSH = ("http", "https"), ("git", "ssh", "git+ssh", "ssh+git")
SCP = re.compile(r"(?:[^@/:]+@)?([^@/:\[\]]+):(?!//)(.+)")  # git@host:owner/x.git


class Commit(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was checked out when this content was published first; a later commit with the same
    content changes nothing.
    """

    id: str | None
    clean: bool | None = None  # whether the files that a build reads were those of the commit
    why: str = ""  # there is no commit


def current_commit(root: Path) -> Commit:
    """The commit checked out in `root`, and whether what a build reads is as it is there."""
    try:
        top, head = _git(root, "rev-parse", "--show-toplevel", "HEAD").split("\n")[:2]
        if Path(top).resolve() != root.resolve():
            return Commit(None, why="not a git checkout of its own")
        return Commit(head, clean=not _git(root, "status", "--porcelain", "--", *READ_BY_BUILD))
    except OSError:
        return Commit(None, why="no git")
    except subprocess.CalledProcessError as error:
        why = next((why for said, why in REFUSALS.items() if said in error.stderr), "git failed")
        return Commit(None, why=why)
    except (subprocess.SubprocessError, ValueError):
        return Commit(None, why="git failed")


def repository_address(root: Path) -> str:
    """Where a browser finds the repository that `root` was cloned from: its remote "origin", else
    its only remote. Empty where there is none, or none on the web.
    """
    try:
        if Path(_git(root, "rev-parse", "--show-toplevel").strip()).resolve() != root.resolve():
            return ""
        remotes = _git(root, "remote").split("\n")[:-1]
        name = "origin" if "origin" in remotes else remotes[0] if len(remotes) == 1 else ""
        return web_address(_git(root, "remote", "get-url", name).strip()) if name else ""
    except (OSError, subprocess.SubprocessError, ValueError):
        return ""


def web_address(remote: str) -> str:
    """The address for a browser of a remote as git writes it, without user name, password or token;
    empty where it is a folder, or a name that only this machine knows.
    """
    scp = SCP.fullmatch(remote)
    try:
        parts = urlsplit(f"ssh://{scp[1]}/{scp[2].lstrip('/')}" if scp else remote)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    host, path = parts.hostname or "", parts.path.strip("/").removesuffix(".git")
    if ":" in host:
        host = f"[{host}]"
    host, path = quote(host, safe="[]:."), quote(path, safe="/~@!+,;=%")
    if host and parts.scheme in WEB:
        return f"{parts.scheme}://{host}{port}/{path}"
    # A port of ssh is none of the web; a host without a dot may be an alias of ssh, or a drive.
    return f"https://{host}/{path}" if path and parts.scheme in SSH and "." in host else ""


def _git(root: Path, *arguments: str) -> str:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
    } | {"LC_ALL": "C"}  # for what it says to be known
    return subprocess.run(
        ["git", "--no-optional-locks", *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    ).stdout
