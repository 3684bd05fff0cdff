"""Which of the project's definitions a function reaches, found by reading the source.

A digest per definition lets a stale result name the very function or constant that changed;
comments, docstrings and Python's version do not count. Followed are plain names, imports (also
inside functions) and `module.name`; what is imported under `if TYPE_CHECKING` is not reached.
"""

from __future__ import annotations

import ast
import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("xo", "report_builder")


@dataclass
class _Module:
    definitions: dict[str, list[ast.stmt]] = field(default_factory=dict)
    # Local name -> (module, name in it), or (module, None) for a module itself.
    imports: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    always: list[ast.stmt] = field(default_factory=list)  # what importing the module does


class Source:
    """The definitions of the packages below `root`, as they stand on disk when first asked for.

    What calls of the functions `words` are given, and `.format` of what these return, does not
    count.
    """

    def __init__(self, root: Path = ROOT, words: frozenset[str] = frozenset()):
        self.root = root
        self._words = words
        self._modules: dict[str, _Module] = {}
        self._reached: dict[tuple[str, ...], dict[str, str]] = {}
        self._known: dict[tuple[str, str], tuple[str, list[tuple[str, str]]]] = {}

    def reach(self, *targets: str) -> dict[str, str]:
        """The digest of each definition that `module:name` reaches, itself included.

        The same dict each time: many runs share it.
        """
        if targets not in self._reached:
            self._reached[targets] = self._reach(targets)
        return self._reached[targets]

    def _reach(self, targets: tuple[str, ...]) -> dict[str, str]:
        found: dict[str, str] = {}
        waiting = [tuple(target.split(":")) for target in targets]
        while waiting:
            module_name, name = waiting.pop()
            key = f"{module_name}:{name}"
            if key in found:
                continue
            found[key], references = self._definition(module_name, name)
            waiting += references
        return dict(sorted(found.items()))

    def reach_of_text(self, text: str) -> dict[str, str]:
        """What the text of a script reaches; everything where that cannot be told, as it is not
        plain Python or asks for a module that is not there.
        """
        try:
            return self._reach_of_tree(_tree(text))
        except (SyntaxError, ValueError):
            return self._everything()

    def _everything(self) -> dict[str, str]:
        """Every definition of the packages."""
        names = [
            ".".join(file.relative_to(self.root).with_suffix("").parts).removesuffix(".__init__")
            for package in PACKAGES
            for file in sorted((self.root / package).rglob("*.py"))
        ]
        return self.reach(
            *(
                f"{name}:{definition}"
                for name in names
                for definition in ("", *self._module(name).definitions)
            )
        )

    def _reach_of_tree(self, tree: ast.Module) -> dict[str, str]:
        """Raises ValueError where names are imported without being named."""
        module = self._read(tree, "")
        if "*" in module.imports:
            raise ValueError("imports *")
        statements = [
            *module.always,
            *(each for of_name in module.definitions.values() for each in of_name),
        ]
        found = {
            reference
            for statement in statements
            for reference in self._references("", module, statement)
        }
        return self.reach(*(f"{name}:{definition}" for name, definition in sorted(found) if name))

    def _definition(self, module_name: str, name: str) -> tuple[str, list[tuple[str, str]]]:
        """Digest and references of one definition, or of the other statements without a name."""
        if (module_name, name) not in self._known:
            module = self._module(module_name)
            statements = module.definitions[name] if name else module.always
            references = {
                each
                for statement in statements
                for each in self._references(module_name, module, statement)
            }
            self._known[module_name, name] = (
                _digest(statements, self._words),
                [(module_name, ""), *sorted(references)],
            )
        return self._known[module_name, name]

    def _references(
        self, module_name: str, module: _Module, statement: ast.stmt
    ) -> list[tuple[str, str]]:
        found = []
        for used, attribute in _names(statement)[0]:
            if used in module.definitions:
                found.append((module_name, used))
            elif used in module.imports:
                target, name = module.imports[used]
                found += self._resolve(target, name or attribute)
        return found

    def _resolve(self, module_name: str, name: str | None) -> list[tuple[str, str]]:
        module = self._module(module_name)
        if name is None:  # the module itself is passed around: all of it counts
            return [(module_name, each) for each in module.definitions]
        if name in module.definitions:
            return [(module_name, name)]
        if name in module.imports:  # handed on by a package's __init__
            return self._resolve(module.imports[name][0], module.imports[name][1])
        return [(module_name, "")]

    def _file(self, module_name: str) -> Path | None:
        path = self.root.joinpath(*module_name.split("."))
        return next(
            (file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()),
            None,
        )

    def _module(self, name: str) -> _Module:
        if name not in self._modules:
            file = self._file(name)
            if file is None:
                raise ValueError(f"{name}: no such module below {self.root}")
            tree = _tree(file.read_text(encoding="utf-8"))
            package = name if file.name == "__init__.py" else name.rpartition(".")[0]
            self._modules[name] = self._read(tree, package)
        return self._modules[name]

    def _read(self, tree: ast.Module, package: str) -> _Module:
        module = _Module()
        for statement in tree.body:
            if isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.dump(statement.test):
                continue
            for node in _names(statement)[1]:
                module.imports |= self._imports(node, package)
            names = _defined(statement)
            for name in names:
                module.definitions.setdefault(name, []).append(statement)
            if not names and not isinstance(statement, (ast.Import, ast.ImportFrom)):
                module.always.append(statement)
        return module

    def _imports(
        self, node: ast.Import | ast.ImportFrom, package: str
    ) -> dict[str, tuple[str, str | None]]:
        if isinstance(node, ast.Import):
            return {
                (alias.asname or alias.name.partition(".")[0]): (alias.name, None)
                for alias in node.names
                if alias.name.partition(".")[0] in PACKAGES
            }
        base = node.module or ""
        if node.level:
            base = ".".join(
                package.split(".")[: len(package.split(".")) - node.level + 1]
                + ([base] if base else [])
            )
        if base.partition(".")[0] not in PACKAGES:
            return {}
        return {
            (alias.asname or alias.name): (f"{base}.{alias.name}", None)
            if self._file(f"{base}.{alias.name}")
            else (base, alias.name)
            for alias in node.names
        }


def _defined(statement: ast.stmt) -> list[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    targets = (
        statement.targets
        if isinstance(statement, ast.Assign)
        else [getattr(statement, "target", None)]
    )
    return [
        node.id
        for target in targets
        if target is not None
        for node in ast.walk(target)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]


# A text and its statements are read once in a process, however many sources look at them.


@cache
def _tree(text: str) -> ast.Module:
    """A module without its docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if (
            isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
            and ast.get_docstring(node, clean=False) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return tree


@cache
def _names(
    statement: ast.stmt,
) -> tuple[set[tuple[str, str | None]], list[ast.Import | ast.ImportFrom]]:
    """The names in a statement, each with the attribute that is used of it; and its imports."""
    nodes = list(ast.walk(statement))
    attributes = {id(node.value): node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return (
        {(node.id, attributes.get(id(node))) for node in nodes if isinstance(node, ast.Name)},
        [node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))],
    )


@cache
def _text(statement: ast.stmt, words: frozenset[str]) -> str:
    return repr(_plain(statement, words))


def _plain(node: object, words: frozenset[str]) -> object:
    """A syntax tree as plain data without empty fields, which differ by Python's version."""
    if isinstance(node, ast.AST):
        if _is_wording(node, words):
            return "words"
        fields = ((name, value) for name, value in ast.iter_fields(node) if name != "ctx")
        present = [
            (name, _plain(value, words)) for name, value in fields if value not in (None, [])
        ]
        return type(node).__name__, present
    if isinstance(node, list):
        return [_plain(each, words) for each in node]
    return node


def _is_wording(node: object, words: frozenset[str]) -> bool:
    """Whether it is `Text(...)` or `Text(...).format(...)`, where `words` holds "Text"."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr == "format" and _is_wording(node.func.value, words)
    return isinstance(node.func, ast.Name) and node.func.id in words


def _digest(statements: list[ast.stmt], words: frozenset[str]) -> str:
    text = "\n".join(_text(each, words) for each in statements)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
