"""Kills real builds of the smoke study at random moments, and looks at what the next build makes of
what is left, in a scratch copy of the tracked files: nothing of yours is touched.

Before each kill a random part of what was made is removed: runs, figures, pages, the site. After
it, a build must end with the bytes of an undisturbed one and leave no process, lock or leftover.

    python benchmarks/faults.py                            50 kills, some hours
    python benchmarks/faults.py --kills 5 --keep-runs      none while training, some minutes
    python benchmarks/faults.py --keep-runs --store runs   from records there are
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import psutil
from building import copy_of_tracked_files

REMOVED = 0.3  # share of what was made that each killed build has to make again
ARTIFACTS = ("figures", "notebooks/*/hands-on", "code-outputs")  # below the build folder
LEFTOVER = re.compile(r"\..+[.-][0-9a-f]{8}")


class Tree:
    """A copy of the project with folders of its own."""

    def __init__(self, root: Path) -> None:
        self.root, self.store, self.build, self.site = (
            root,
            root / "runs",
            root / "build",
            root / "site",
        )

    def start(self) -> subprocess.Popen[str]:
        """Starts a build, in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "report_builder", "build", "--study", "smoke"],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root)},
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finish(self) -> str:
        """Builds to the end; its last line."""
        process = self.start()
        printed, _ = process.communicate()
        if process.returncode:
            raise click.ClickException(f"the build failed:\n{printed}")
        return printed.splitlines()[-1]

    def site_files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.site).as_posix(): path.read_bytes()
            for path in self.site.rglob("*")
            if path.is_file()
        }

    def remove_some(self, chance: random.Random, keep_runs: bool) -> None:
        """Removes a random part of what was made, and the site."""
        made = [
            folder for pattern in ARTIFACTS for folder in sorted(self.build.glob(f"{pattern}/*"))
        ]
        if not keep_runs:
            made += sorted(self.store.glob("[!.]*/*")) + sorted(
                self.store.glob(".demonstrations/*")
            )
        for folder in made:
            if chance.random() < REMOVED:
                shutil.rmtree(folder)
        for folder in (self.site, self.build / "docs", self.build / "pages"):
            shutil.rmtree(folder)
        (self.build / "last.json").unlink()

    def left_over(self) -> list[str]:
        """What a finished build must not leave: processes, locks, unfinished files and folders."""
        found = [f"process {each.pid}" for each in psutil.process_iter() if self._is_ours(each)]
        found += [str(path) for path in self.root.rglob(".locks/*")]
        found += [str(path) for path in self.root.glob(".site.work/*") if path.is_dir()]
        found += [str(path) for path in self.root.rglob(".*") if LEFTOVER.fullmatch(path.name)]
        return found

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.cwd() == str(self.root)
        except psutil.Error:
            return False


def kill_at(tree: Tree, seconds: float) -> bool:
    """Starts a build and kills it with all its processes after so long; False where it had ended.

    Its output is not read: what a build prints in that time fits the pipe.
    """
    process = tree.start()
    try:
        process.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True


def undisturbed(tree: Tree, scratch: Path) -> dict[str, bytes]:
    """The site that a build from nothing makes of the same records.

    In place, for pages name folders; what was there is put back.
    """
    aside = scratch / "aside"
    aside.mkdir()
    for folder in (tree.build, tree.site):
        folder.rename(aside / folder.name)
    tree.finish()
    files = tree.site_files()
    for folder in (tree.build, tree.site):
        shutil.rmtree(folder)
        (aside / folder.name).rename(folder)
    aside.rmdir()
    return files


@click.command()
@click.option("--kills", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the random moments.")
@click.option(
    "--keep-runs", is_flag=True, help="Remove no records, so that no kill comes while training."
)
@click.option(
    "--store",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Copy these records instead of training the first ones.",
)
@click.option(
    "--build",
    "build_dir",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Copy what this build folder holds of figures and notebooks, too.",
)
def main(
    kills: int, seed: int, keep_runs: bool, store: Path | None, build_dir: Path | None
) -> None:
    chance, failed = random.Random(seed), 0
    with tempfile.TemporaryDirectory() as scratch:
        tree = Tree(Path(scratch).resolve() / "tree")
        tree.root.mkdir()
        copy_of_tracked_files(tree.root)
        if store:
            shutil.copytree(store, tree.store, symlinks=True)
        if build_dir:
            shutil.copytree(
                build_dir,
                tree.build,
                ignore=shutil.ignore_patterns("docs*", "pages", "*.json.*", "last.json"),
            )
            (tree.build / "report.json").unlink(missing_ok=True)
        click.echo(f"first build: {tree.finish()}")
        expected = tree.site_files()
        tree.remove_some(chance, keep_runs)
        started = time.perf_counter()
        tree.finish()
        longest = time.perf_counter() - started
        for number in range(kills):
            tree.remove_some(chance, keep_runs)
            after = chance.uniform(0, longest)
            killed = kill_at(tree, after)
            tree.finish()
            if not keep_runs:  # a run that is trained again takes other seconds, which pages show
                expected = undisturbed(tree, Path(scratch))
            found = tree.site_files()
            differing = sorted(
                name
                for name in expected.keys() | found.keys()
                if expected.get(name) != found.get(name)
            )
            problems = [f"differs: {name}" for name in differing] + tree.left_over()
            failed += bool(problems)
            how = f"killed after {after:.1f} s" if killed else f"ended within {after:.1f} s"
            click.echo(f"{number + 1}: {how}: {'; '.join(problems[:5]) or 'the same site'}")
    click.echo(f"{kills - failed} of {kills} ended with the undisturbed site and left nothing over")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
