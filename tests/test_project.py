"""Rules that hold across files: imports, the lock, what is committed, what the README promises."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from runpy import run_path

import pytest
import yaml
from click.testing import CliRunner
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from xo.variants import VARIANTS, Variant

ROOT = Path(__file__).parent.parent
PACKAGES = ("xo", "report_builder")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
READMES = sorted(ROOT.glob("README*.md"))


# What imports what


def modules_imported(file: Path) -> set[str]:
    """The modules that a file imports, as dotted names; those of its own package are left out."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def test_imports_follow_the_line_of_data():
    """The contracts of pyproject.toml: who may import whom, layers in order, no circles."""
    command = "import importlinter.cli; importlinter.cli.lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-logo"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_xo_does_not_even_name_what_only_the_report_needs():
    named = re.compile(r"[\"'](matplotlib|scipy|ipykernel|mkdocs)\b")
    assert [
        str(file)
        for file in (ROOT / "xo").rglob("*.py")
        if named.search(file.read_text(encoding="utf-8"))
    ] == []


def test_no_module_of_the_report_loads_torch():
    code = (
        "import importlib, pkgutil, sys, report_builder\n"
        "for module in pkgutil.walk_packages(report_builder.__path__, 'report_builder.'):\n"
        "    if not module.name.endswith(('__main__', 'subset')):\n"
        "        importlib.import_module(module.name)\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr


@pytest.mark.parametrize(
    "statement",
    [
        "import xo",
        "import report_builder",
        "runpy.run_module('report_builder', run_name='__main__')",
        "runpy.run_module('xo', run_name='__main__')",
    ],
)
def test_starts_without_torch(statement: str):
    code = (
        f"import runpy, sys\nsys.argv = ['program', '--help']\ntry:\n    {statement}\n"
        "except SystemExit as end:\n    assert not end.code\nprint('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "False"


# Dependencies and the lock


def declared() -> list[Requirement]:
    """The direct dependencies, those of all extras included."""
    texts = PROJECT["dependencies"] + sum(PROJECT["optional-dependencies"].values(), [])
    return [
        requirement
        for requirement in map(Requirement, texts)
        if requirement.name != PROJECT["name"]
    ]


def locked() -> dict[str, list[tuple[Requirement, str]]]:
    """name -> its locked requirements, each with the lines that belong to it."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    found: dict[str, list[tuple[Requirement, str]]] = {}
    for entry in re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]:
        requirement = Requirement(entry.split("\\")[0])
        found.setdefault(canonicalize_name(requirement.name), []).append((requirement, entry))
    return found


def test_every_dependency_is_locked_within_its_bounds():
    lock = locked()
    for requirement in declared():
        pinned = lock.get(canonicalize_name(requirement.name), [])
        assert pinned, f"{requirement.name} is not in requirements.txt; run: make lock"
        for pin, _ in pinned:
            (version,) = pin.specifier
            assert version.version in requirement.specifier, (
                f"{pin} does not satisfy {requirement}; run: make lock"
            )


def test_the_lock_has_hashes_and_no_addresses():
    assert all("--hash=sha256:" in entry for pins in locked().values() for _, entry in pins)
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert not re.search(
        r"^\s*-",
        re.sub(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$", "", text, flags=re.MULTILINE),
        re.MULTILINE,
    )
    assert "://" not in text


def test_every_imported_package_is_declared():
    names = {canonicalize_name(requirement.name) for requirement in declared()}
    provided_by = importlib.metadata.packages_distributions()
    files = [
        file
        for folder in (*PACKAGES, "tests", "benchmarks")
        for file in (ROOT / folder).rglob("*.py")
    ]
    ours = {"", *PACKAGES, "tests", *(file.stem for file in files)}
    for file in files:
        tops = {each.split(".")[0] for each in modules_imported(file)}
        for top in tops - ours - set(sys.stdlib_module_names):
            providers = {canonicalize_name(each) for each in provided_by.get(top, [top])}
            assert providers & names, (
                f"{file.relative_to(ROOT)} imports {top}, which pyproject.toml does not name"
            )


def test_a_wheel_carries_modules_and_package_data(tmp_path: Path):
    tree = tmp_path / "tree"  # apart, since building writes beside the sources
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    build = f"from setuptools.build_meta import build_wheel; build_wheel({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=tree, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        str(file.relative_to(tree))
        for package in PACKAGES
        for file in (tree / package).rglob("*")
        if file.suffix in (".py", ".otf", ".mplstyle")
    }
    assert len(expected) > 20
    assert expected <= packed


# What is committed


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_registry():
    hosts = re.compile(
        rb"pypi\.org|pythonhosted\.org|download\.pytorch\.org|registry\.npmjs|deb\.debian\.org|anaconda\.org"
        rb"|(--(extra-)?index-url|--find-links)[ =]\S*://"
    )
    assert [str(file) for file in tracked() if hosts.search(file.read_bytes())] == []


def test_files_are_small():
    assert [str(file) for file in tracked() if file.stat().st_size > 300_000] == []


def test_the_licences_lie_beside_what_they_cover():
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    fonts = [file for file in tracked() if file.suffix in (".otf", ".ttf", ".woff", ".woff2")]
    assert fonts
    for font in fonts:
        texts = [file.read_text(encoding="utf-8") for file in font.parent.glob("OFL*.txt")]
        assert any("SIL OPEN FONT LICENSE" in text for text in texts), (
            f"{font}: no licence beside it"
        )


# What the README and the pages promise


def commands(file: Path) -> list[str]:
    """The lines of its shell blocks, without comments and those that a template fills."""
    blocks = re.findall(
        r"^```(?:sh|bash)\n(.*?)^```$", file.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    lines = (line.partition("  #")[0].strip() for block in blocks for line in block.splitlines())
    return [line for line in lines if line and not line.startswith("#") and "{{" not in line]


ALL_COMMANDS = sorted(
    {
        command
        for file in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for command in commands(file)
    }
)


def test_make_alone_does_nothing_and_prints_what_there_is():
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()
    for target in {*targets} - {"help", "images"}:
        assert f"make {target} " in done.stdout
    for setting in re.findall(r"^(\w+) \?=", makefile, re.MULTILINE):
        assert f"{setting}=" in done.stdout
    assert "#" not in done.stdout.replace("#sha256", "")


@pytest.mark.parametrize("command", [each for each in ALL_COMMANDS if each.startswith("make ")])
def test_make_knows_the_commands(command: str):
    done = subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_make_brings_in_images_before_it_builds_a_site_of_them():
    command = ["make", "--dry-run", "report", "IMAGES=https://host/a b.zip#sha256=12"]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
    (brought,) = (shlex.split(line) for line in lines if "xo data import" in line)
    (build,) = (shlex.split(line) for line in lines if "report_builder build" in line)
    assert brought[-3:] == ["https://host/a b.zip#sha256=12", "--to", "data/images"]
    assert build[build.index("--data") + 1] == "data/images"


def test_make_merges_records_from_elsewhere_before_it_builds():
    command = ["make", "--dry-run", "report", "STUDY=full", "RUNS=https://host/a b.zip#sha256=12"]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
    merge, build = (
        next(i for i, line in enumerate(lines) if words in line)
        for words in ("xo runs merge", "report_builder build --study full")
    )
    assert merge < build
    assert shlex.split(lines[merge])[-1] == "https://host/a b.zip#sha256=12"


@pytest.mark.parametrize(
    "command",
    [
        each
        for each in ALL_COMMANDS
        if each.startswith(("python -m xo", "python -m report_builder", "python benchmarks"))
    ],
)
def test_programs_know_the_commands(command: str, monkeypatch: pytest.MonkeyPatch):
    # --help comes first: nothing is done, yet an unknown command or option is an error.
    _, program, *words = [*shlex.split(command), "--help"]
    if program == "-m":
        package, *words = words
        done = CliRunner().invoke(import_module(f"{package}.cli").main, words)
        assert done.exit_code == 0, done.output
    else:
        monkeypatch.setattr(sys, "argv", [program, *words])
        monkeypatch.syspath_prepend(ROOT / "benchmarks")  # as for a script that lies there
        with pytest.raises(SystemExit) as end:
            run_path(str(ROOT / program), run_name="__main__")
        assert not end.value.code


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_about_variants_explains_every_setting(language: str):
    page = (ROOT / "docs" / language / "hands-on" / "your-variant.md").read_text("utf-8")
    settings = {field.name for field in fields(Variant)} - {"name", "zh", "en"}
    assert {setting for setting in settings if f"`{setting}`" not in page} == set()


def test_the_readmes_tell_the_same():
    first, *others = READMES
    for other in others:
        assert commands(other) == commands(first), (
            f"{other.name} and {first.name} show different commands"
        )
    for readme in READMES:
        text = readme.read_text(encoding="utf-8")
        assert [name for name in VARIANTS if f"`{name}`" not in text] == [], (
            f"{readme.name} lacks these variants"
        )
        links = re.findall(r"\]\(([^)#:]+)\)|src=\"([^\":]+)\"", text)
        assert [
            link for pair in links for link in pair if link and not (ROOT / link).exists()
        ] == []


# Workflows


def test_workflows_are_sound():
    scripts = Path(sys.executable).parent
    schema = subprocess.run(
        [scripts / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS],
        capture_output=True,
        text=True,
    )
    assert schema.returncode == 0, schema.stdout + schema.stderr
    audit = subprocess.run(
        [scripts / "zizmor", "--offline", "--no-progress", "--persona", "pedantic", *WORKFLOWS],
        capture_output=True,
        text=True,
    )
    assert audit.returncode == 0, audit.stdout + audit.stderr


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_workflows_get_only_what_they_need(file: Path):
    text = file.read_text(encoding="utf-8")
    actions = re.findall(r"uses: *(.*)", text)
    assert actions
    assert [
        each
        for each in actions
        if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)
    ] == []
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"]
        assert "write-all" not in str(job["permissions"])


def test_each_action_has_one_version():
    pins: dict[str, set[str]] = {}
    for file in WORKFLOWS:
        for name, version in re.findall(
            r"uses: *([\w-]+/[\w-]+)[\w/-]*@(.*)", file.read_text(encoding="utf-8")
        ):
            pins.setdefault(name, set()).add(version)
    assert {name: versions for name, versions in pins.items() if len(versions) > 1} == {}


# CI


@pytest.mark.parametrize(
    "ci, status", [("true", pytest.ExitCode.TESTS_FAILED), ("", pytest.ExitCode.OK)]
)
def test_a_skip_fails_in_ci_only(
    ci: str, status: pytest.ExitCode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shutil.copy(ROOT / "tests/conftest.py", tmp_path)
    (tmp_path / "test_it.py").write_text(
        "import pytest\ndef test_one(): pass\ndef test_two(): pytest.skip('no browser')\n"
    )
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", "/dev/null", tmp_path],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == status, done.stdout
    assert "1 passed, 1 skipped" in done.stdout
