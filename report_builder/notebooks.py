"""Notebooks as `mkdocs serve` shows them: the text that was written last, with the output of the last execution.

Only `python -m report_builder build` executes them.
"""

from __future__ import annotations

from pathlib import Path

_NOTE = {
    "zh": "*下面的单元还没有全部执行，所以缺少一些输出。`python -m report_builder build` 会执行它们。*",
    "en": "*Not all cells below have been run, so some output is missing. `python -m report_builder build` runs them.*",
}
_TAG = "not-run"


def fill_in(docs: Path, out: Path) -> None:
    """For every docs/LANGUAGE/....py (py:percent), see that out/LANGUAGE/....ipynb shows its cells as they are now."""
    import jupytext
    import nbformat
    from jupytext.combine import combine_inputs_with_outputs

    for language, note in _NOTE.items():
        for source in sorted((docs / language).rglob("*.py")):
            target = (out / source.relative_to(docs)).with_suffix(".ipynb")
            notebook = jupytext.read(source)
            if target.exists():
                last = nbformat.read(target, as_version=4)
                last.cells = [cell for cell in last.cells if _TAG not in cell.metadata.get("tags", [])]
                if _text(last) == _text(notebook):
                    continue
                notebook = combine_inputs_with_outputs(notebook, last)
            for number, cell in enumerate(notebook.cells):
                cell.id = f"cell-{number}"  # jupytext's are random
            if any(cell.cell_type == "code" and cell.execution_count is None for cell in notebook.cells):
                remark = nbformat.v4.new_markdown_cell(note, id=_TAG, metadata={"tags": [_TAG]})
                notebook.cells.insert(1, remark)  # below the title
            target.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, target)


def _text(notebook) -> list[tuple[str, str]]:
    return [(cell.cell_type, cell.source) for cell in notebook.cells]
