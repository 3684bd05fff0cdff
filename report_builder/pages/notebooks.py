"""Notebooks: kept as py:percent text, executed by a build, never by `mkdocs serve`.

Until a text has been executed as it stands, it is shown with the output that its unchanged cells
had last, and a note.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, TemplateError

from report_builder import escape
from report_builder.pages import code_outputs, sources
from report_builder.pages.templating import TEMPLATES, environment, fill
from report_builder.text import LANGUAGES, Text
from xo.errors import CheckFailed, InputError
from xo.store.artifact import Artifact
from xo.store.inputs import Inputs, digest
from xo.store.source_digest import Source
from xo.store.store import Store

if TYPE_CHECKING:
    from nbformat import NotebookNode

KIND, EXECUTED = "notebook", "executed.ipynb"  # of artifact, and its file
TIMEOUT = 600  # seconds for one cell
RUNNING = (
    "ipykernel",
    "jupytext",
    "matplotlib",
    "nbclient",
    "numpy",
    "pillow",
    "safetensors",
    "scipy",
    "torch",
    "torchvision",
)
READS_RECORDS = "report_builder.pages.notebook_helpers:recorded"  # code that reads records
_NOTE = Text(
    "*下面的单元还没有全部执行，所以缺少一些输出。`python -m report_builder build` 会执行它们。*",
    "*Not all cells below have been run, so some output is missing. "
    "`python -m report_builder build` runs them.*",
)
_NOTE_ID, _INSTALL_ID = "not-run", "install"
_LINK = re.compile(r"\[([^\]\n]+)\]\((?!\w+:)([^)\s]+)\)")  # to another page of ours


def execute(source: Path, variables: Mapping[str, str]) -> bytes:
    """The notebook `source` with its output, run with these variables.

    The variables are XO_DATA, XO_STORE and XO_STUDY, which `notebook_helpers` reads.
    Raises CheckFailed where a cell fails or runs for longer than TIMEOUT.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = _read(source)
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],  # else it warns that it talks over TCP
        record_timing=False,
        coalesce_streams=True,  # lines may arrive at any pace, the file stays the same
        resources={"metadata": {"path": str(source.parent)}},
    )
    try:
        client.execute(env=code_outputs.environment(variables))
    except CellExecutionError as error:
        raise CheckFailed(
            f"{source}: a cell failed with {error.ename}: {' '.join(error.evalue.split())}; mend it"
        ) from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise CheckFailed(
            f"{source}: {' '.join(str(error).split())}; mend the cell that was running"
        ) from None
    return _as_text(notebook).encode()


def inputs(
    source: Path, docs: Path, reader: Source, data: Inputs, records: Mapping[str, str]
) -> Inputs:
    """What decides the output: code cells (prose needs no run), our code that they reach, data,
    versions, and the study's records where they read them. Cells that are not plain Python reach
    everything.

    `data` are those of the data set; `records` maps the names of runs to digests.
    """
    found: Inputs = {
        "text": {f"docs/{source.relative_to(docs).as_posix()}": digest(code_cells(source))},
        "code": reader.reach_of_text(sources.read(source)),
        **data,
        "versions": code_outputs.versions(RUNNING),
    }
    if READS_RECORDS in found["code"]:
        found["records"] = dict(records)
    return found


def make(
    source: Path, docs: Path, inputs: Inputs, store: Store, variables: Mapping[str, str]
) -> Artifact:
    """Runs the notebook and stores it with its output, as the file EXECUTED of the artifact."""
    executed = execute(source, variables)
    return store.add(KIND, name(source, docs), inputs, {}, {EXECUTED: executed})


def name(source: Path, docs: Path) -> str:
    """As its artifact is called: zh/hands-on/sizes."""
    return source.relative_to(docs).with_suffix("").as_posix()


def faults(docs: Path) -> Iterator[str]:
    """`file:line: what is not plain Python` for each notebook whose code cannot be followed."""
    for language in LANGUAGES:
        for source in sources.files(docs / language, sources.NOTEBOOK):
            try:
                ast.parse(sources.read(source))
            except (SyntaxError, ValueError) as error:
                line = getattr(error, "lineno", None) or 1
                yield (
                    f"{docs.name}/{source.relative_to(docs).as_posix()}:{line}: is not plain "
                    "Python, so every change of any code or record makes the notebook stale; "
                    "mend the line, or write a magic command (%, !) another way"
                )


def code_cells(source: Path) -> dict[str, Any]:
    """What decides the output of the notebook `source`: its code cells and its kernel."""
    notebook = _read(source)
    return {
        "kernel": notebook.metadata.get("kernelspec", {}),
        "cells": [
            [cell.source, cell.metadata] for cell in notebook.cells if cell.cell_type == "code"
        ],
    }


def current(source: Path, executed: bytes | None, language: str, words: Mapping[str, Any]) -> bytes:
    """The notebook as `source` has it now, with the output that its cells have in `executed`.

    Its text cells are templates, as pages are, of the `words` for the data set. Raises InputError
    where one cannot be filled in.
    """
    import nbformat
    from jupytext.combine import combine_inputs_with_outputs

    notebook = _read(source)
    if executed:
        last = nbformat.reads(executed.decode(), as_version=4)
        if [cell.source for cell in last.cells] == [cell.source for cell in notebook.cells]:
            notebook = last
        else:
            notebook = combine_inputs_with_outputs(notebook, last)
            _number(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _filled(cell.source, source, words)
    return _with_note(notebook, language)


def _filled(text: str, source: Path, words: Mapping[str, Any]) -> str:
    """A text cell with the words for the data set."""
    try:
        return escape.in_notebook(_templates().from_string(text).render(words))
    except TemplateError as error:
        first = text.partition("\n")[0]
        raise InputError(
            f"{source}: the text cell that begins '{first[:60]}': {error}; mend the template"
        ) from error


@cache
def _templates() -> Environment:
    start, end = sources.NO_COMMENTS
    return environment(TEMPLATES).overlay(comment_start_string=start, comment_end_string=end)


def download(
    content: bytes, address: Callable[[str], str], language: str, repository: str
) -> bytes:
    """A notebook for use away from the site, whose first code installs this project from
    `repository` where it is missing, or, where that is empty, says how.

    `address` gives the full address of a link; where that is empty, the link's text alone stays.
    """
    import nbformat

    notebook = nbformat.reads(content.decode(), as_version=4)
    cells = [cell for cell in notebook.cells if cell.id != _NOTE_ID]
    first = next((i for i, cell in enumerate(cells) if cell.cell_type == "code"), len(cells))
    install = fill(
        "notebook_install.py", language, project=f"git+{repository}" if repository else ""
    )
    cells.insert(first, nbformat.v4.new_code_cell(install.rstrip(), id=_INSTALL_ID))
    notebook.cells = cells
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _LINK.sub(
                lambda link: f"[{link[1]}]({full})" if (full := address(link[2])) else link[1],
                cell.source,
            )
    return _as_text(notebook).encode()


def _with_note(notebook: NotebookNode, language: str) -> bytes:
    """The notebook with a note below its title if a cell lacks its output."""
    import nbformat

    if any(cell.cell_type == "code" and cell.execution_count is None for cell in notebook.cells):
        notebook.cells.insert(1, nbformat.v4.new_markdown_cell(_NOTE[language], id=_NOTE_ID))
    return _as_text(notebook).encode()


def _read(source: Path) -> NotebookNode:
    return deepcopy(_parsed(sources.read(source)))


@cache  # a build asks first for the code, then for the page
def _parsed(text: str) -> NotebookNode:
    import jupytext

    notebook = jupytext.reads(text, fmt="py:percent")
    _number(notebook)
    return notebook


def _number(notebook: NotebookNode) -> None:
    """Numbers the cells: jupytext's identifiers are random, equal texts must give equal files."""
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"


def _as_text(notebook: NotebookNode) -> str:
    import nbformat

    return nbformat.writes(notebook) + "\n"
