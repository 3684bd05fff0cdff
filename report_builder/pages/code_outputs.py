"""Code on pages, `{{ run(\"\"\"code\"\"\") }}`: run by a build, shown with what it printed, and never run by `mkdocs serve`.

A snippet stands alone: it is run in a process of its own, with this project's Python and XO_DATA, XO_STORE, XO_STUDY in its
environment as notebooks have them.
"""

from __future__ import annotations

import ast
import hashlib
import html
import os
import re
import runpy
import sys
import tempfile
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

from xo.errors import CheckFailed
from xo.store.processes import ONE_THREAD, Process, begin

TIMEOUT = 120  # seconds
RUNNING = ("numpy", "torch")  # libraries whose version decides what a snippet prints
_NOTE = {
    "zh": "这段代码还没有执行过，运行 <code>python -m report_builder build</code> 会执行它。",
    "en": "This code has not been run yet; <code>python -m report_builder build</code> runs it.",
}


class Snippet(NamedTuple):
    """A piece of code and a page that it stands on, below docs/."""

    name: str  # local-3f2a9c1b: the page and a digest of the code without its comments
    code: str
    page: str


def snippet(code: str, page: str) -> Snippet:
    """`code` as it stands between the quotes of `run`; with other comments, as on the page's other language, it is the same."""
    code = dedent(code).strip("\n")
    return Snippet(
        f"{Path(page).stem}-{hashlib.sha256(_uncommented(code).encode()).hexdigest()[:8]}",
        code,
        page,
    )


def _uncommented(code: str) -> str:
    try:
        return ast.unparse(ast.parse(code))
    except SyntaxError:  # told when it is run
        return code


def execute(asked: Snippet, docs: Path, environment: dict[str, str]) -> str:
    """What the code prints; CheckFailed names the page's line where it fails."""
    with tempfile.TemporaryDirectory() as scratch:
        script, printed, said = (Path(scratch) / name for name in ("snippet.py", "printed", "said"))
        script.write_text(asked.code + "\n", encoding="utf-8")
        said.touch()
        process = Process(target=_run, args=(script, printed, said, ONE_THREAD | environment))
        process.start()
        try:
            process.join(TIMEOUT)
            finished = not process.is_alive()
        finally:
            process.kill()
            process.join()
        if not finished:
            raise CheckFailed(
                f"{_place(asked, docs)}: the code ran for more than {TIMEOUT} s; mend it"
            )
        if process.exitcode:
            error = said.read_text(encoding="utf-8")
            lines = re.findall(rf'File "{re.escape(str(script))}", line (\d+)', error)
            last = error.strip().splitlines() or [f"exit status {process.exitcode}"]
            raise CheckFailed(
                f"{_place(asked, docs, int(lines[-1]) if lines else 1)}: the code failed with {last[-1]}; mend it"
            )
        return printed.read_text(encoding="utf-8").rstrip("\n")


def _run(script: Path, printed: Path, said: Path, environment: dict[str, str]) -> None:
    """In the process: as `python script` there, with what it prints and its errors in two files."""
    begin()
    os.environ.update(environment)
    os.chdir(script.parent)
    for stream, file in ((sys.stdout, printed), (sys.stderr, said)):
        with open(file, "w") as opened:
            os.dup2(opened.fileno(), stream.fileno())
        stream.reconfigure(encoding="utf-8")  # whatever the system's language
    sys.argv[:] = [str(script)]
    runpy.run_path(str(script), run_name="__main__")


def _place(asked: Snippet, docs: Path, line: int = 1) -> str:
    """File and line of the page where that line of the code stands."""
    page = docs / asked.page
    first = next(line for line in asked.code.splitlines() if line.strip())
    text = page.read_text(encoding="utf-8")
    at = max(text.find(asked.code), 0) or max(text.find(first), 0)
    return f"{page}:{text[:at].count(chr(10)) + line}"


def markup(asked: Snippet, printed: str | None, language: str) -> str:
    """Markdown of the code and of what it printed; a note where it has not been run."""
    below = (
        f'<p class="xo-missing">{_NOTE[language]}</p>'
        if printed is None
        else f'<div class="xo-output"><pre>{html.escape(printed)}</pre></div>'
        if printed
        else ""
    )
    return f"```python\n{asked.code}\n```\n\n{below}"
