"""Notebooks: kept as py:percent text, executed by `python -m report_builder build`, never by `mkdocs serve`.

Until a text has been executed as it stands, it is shown with the output that its unchanged cells had last, and a note.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from xo.errors import CheckFailed
from xo.store.files import write_atomically
from xo.store.processes import ONE_THREAD, Process, begin

if TYPE_CHECKING:
    from nbformat import NotebookNode

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
_NOTE = {
    "zh": "*下面的单元还没有全部执行，所以缺少一些输出。`python -m report_builder build` 会执行它们。*",
    "en": "*Not all cells below have been run, so some output is missing. `python -m report_builder build` runs them.*",
}
_NOTED = "not-run"
_LINK = re.compile(r"\[([^\]\n]+)\]\((?!\w+:)([^)\s]+)\)")  # to another page of ours


def execute(source: Path, target: Path, environment: dict[str, str]) -> None:
    """Run the notebook `source` with these variables (`report_builder.hands_on` reads them) and write it with its output
    to `target`, whole."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = _read(source.read_text(encoding="utf-8"))
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_manager_class=_kernel_manager(),
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,  # lines may arrive at any pace, the file stays the same
        resources={"metadata": {"path": str(source.parent)}},
    )
    try:
        client.execute(env=os.environ | ONE_THREAD | environment)
    except CellExecutionError as error:
        raise CheckFailed(
            f"{source}: a cell failed with {error.ename}: {' '.join(error.evalue.split())}; mend it"
        ) from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise CheckFailed(
            f"{source}: {' '.join(str(error).split())}; mend the cell that was running"
        ) from None
    write_atomically(target, nbformat.writes(notebook) + "\n")


def _kernel_manager() -> type:
    """Jupyter's own, but that its kernel is a `Process`, which has large libraries loaded when it starts."""
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_client.provisioning import LocalProvisioner

    class Provisioner(LocalProvisioner):
        async def launch_kernel(
            self, cmd: list[str], *, env: dict[str, str], cwd: str, **_
        ) -> dict:
            self.process = _Kernel(target=_run_kernel, args=(cmd[cmd.index("-f") :], env, cwd))
            self.process.start()
            self.pid, self.cwd = self.process.pid, cwd
            return self.connection_info

    class Manager(AsyncKernelManager):
        def __init__(self, **options) -> None:
            super().__init__(**options)
            self.provisioner = Provisioner(parent=self, kernel_spec=self.kernel_spec)

    return Manager


class _Kernel(Process):
    """With the part of subprocess.Popen that Jupyter uses."""

    stdin = stdout = stderr = None

    def poll(self) -> int | None:
        return self.exitcode

    def wait(self) -> int | None:
        self.join()
        return self.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)


def _run_kernel(options: list[str], environment: dict[str, str], folder: str) -> None:
    begin()
    os.environ.update(environment)
    os.chdir(folder)
    sys.stdout = sys.stderr = open(os.devnull, "w")  # the kernel's own log
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance(argv=[*options, f"--IPKernelApp.parent_handle={os.getppid()}"])


def code_cells(source: Path) -> dict:
    """All of the notebook `source` that decides its output: its code cells in their order, and its kernel."""
    notebook = _read(source.read_text(encoding="utf-8"))
    return {
        "kernel": notebook.metadata.get("kernelspec", {}),
        "cells": [
            [cell.source, cell.metadata] for cell in notebook.cells if cell.cell_type == "code"
        ],
    }


def current(source: Path, executed: Path | None, language: str) -> bytes:
    """The notebook as `source` has it now, with the output that the cells it shares with `executed` have there."""
    import nbformat
    from jupytext.combine import combine_inputs_with_outputs

    notebook = _read(source.read_text(encoding="utf-8"))
    if executed:
        last = nbformat.read(executed, as_version=4)
        if [cell.source for cell in last.cells] == [cell.source for cell in notebook.cells]:
            return executed.read_bytes()
        notebook = combine_inputs_with_outputs(notebook, last)
        _number(notebook)
    return _with_note(notebook, language)


def download(content: bytes, address: Callable[[str], str]) -> bytes:
    """A notebook for reading away from the site: `address` makes its links whole; where that is empty, their text stays."""
    import nbformat

    notebook = nbformat.reads(content.decode(), as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id != _NOTED]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _LINK.sub(
                lambda link: f"[{link[1]}]({whole})" if (whole := address(link[2])) else link[1],
                cell.source,
            )
    return (nbformat.writes(notebook) + "\n").encode()


def _with_note(notebook: NotebookNode, language: str) -> bytes:
    """Below the title, if a cell lacks its output."""
    import nbformat

    if any(cell.cell_type == "code" and cell.execution_count is None for cell in notebook.cells):
        notebook.cells.insert(1, nbformat.v4.new_markdown_cell(_NOTE[language], id=_NOTED))
    return (nbformat.writes(notebook) + "\n").encode()


def _read(text: str) -> NotebookNode:
    import jupytext

    notebook = jupytext.reads(text, fmt="py:percent")
    _number(notebook)
    return notebook


def _number(notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"  # jupytext's are random; the same text is to give the same file
