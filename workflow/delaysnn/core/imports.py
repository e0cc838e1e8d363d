"""A hash of a script and of all that it imports: Snakemake notices a changed script, but no changed import."""

import ast
import hashlib
import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

_LIBRARY = Path(__file__).parents[1]
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_IMPORTING = (ast.Import, ast.ImportFrom, ast.Call)


def code_of(*files: str | Path, without: Collection[str] = ()) -> str:
    """Return a hash of these Python files and of all modules of the library that they import, directly or indirectly.

    Comments and docstrings do not count, since they change no result. Files of other kinds count if an imported module
    names them, or names a folder of them beside it: C++ sources, templates, tables of constants.

    Args:
        files: scripts or modules.
        without: functions and methods of these files that are not called; they count only if others name them.

    Examples:
        >>> code_of("workflow/scripts/train_network.py") == code_of("workflow/scripts/train_network.py")
        True
    """
    digest = hashlib.sha256()
    given = {Path(file).resolve() for file in files}
    for file in sorted(imported(*files, without=without)):
        digest.update(file.name.encode() + _read(file, frozenset(without if file in given else ())).meaning)
        for other in _read(file, frozenset()).beside:
            digest.update(other.read_bytes())
    return digest.hexdigest()[:16]


def imported(*files: str | Path, without: Collection[str] = ()) -> set[Path]:
    """Return these files and all files of the library that they import, directly or through others.

    Args:
        without: as of :func:`code_of`.
    """
    found = {Path(file).resolve() for file in files}
    waiting = [path for file in found for path in _read(file, frozenset(without)).imports]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += _read(file, frozenset()).imports
    return found


class _Source(NamedTuple):
    """What is kept of a Python file; its tree is not, since a hundred of them slow every collection of garbage."""

    meaning: bytes
    imports: list[Path]
    beside: list[Path]


@cache
def _read(file: Path, without: frozenset[str]) -> _Source:
    """Return what a file says, but for the functions that are left out and that nothing else in it names."""
    tree = ast.parse(file.read_text())
    if without:
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef):
                node.body = [line for line in node.body if not _is_function(line, without)] or [ast.Pass()]
        named = {getattr(node, "attr", getattr(node, "id", None)) for node in ast.walk(tree)} & without
        if named:
            return _read(file, without - named)
    nodes = list(ast.walk(tree))
    modules = {name for node in nodes if isinstance(node, _IMPORTING) for name in _names(node, file)}
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    imports = [path for name in sorted(modules) for path in _modules(name)]
    return _Source(_meaning(tree, nodes), imports, _named_beside(file, texts))


def _named_beside(file: Path, texts: Collection[str]) -> list[Path]:
    """Return the files of other kinds that a module's texts name, and those in folders that they name, beside it."""
    if not file.is_relative_to(_LIBRARY):
        return []
    # Of a text that may be a path its first part.
    said = {text.split("/")[0] for text in texts if re.fullmatch(r"\w[\w./-]*", text)}
    named = [file.parent / name for name in said if name and (file.parent / name).exists()]
    inside = [each for path in named for each in (path.rglob("*") if path.is_dir() else [path])]
    return sorted(each for each in inside if each.is_file() and each.suffix not in (".py", ".pyc", ".nbi", ".nbc"))


def _is_function(line: ast.stmt, names: Collection[str]) -> bool:
    return isinstance(line, ast.FunctionDef) and line.name in names


def _names(node: ast.AST, file: Path) -> Iterator[str]:
    """Yield the dotted names that a statement imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        if any(alias.name == _LIBRARY.name for alias in node.names):
            # Any of the names that are imported when they are asked for may be.
            yield from _lazy().values()
    elif isinstance(node, ast.ImportFrom):
        module = node.module or ""
        if node.level:
            package = [_LIBRARY.name, *file.relative_to(_LIBRARY).parts] if file.is_relative_to(_LIBRARY) else []
            module = ".".join([*package[: -node.level], *filter(None, [module])])
        for alias in node.names:
            lazy = module == _LIBRARY.name and alias.name in _lazy()
            # What is imported from a package may be a module of it.
            yield _lazy()[alias.name] if lazy else f"{module}.{alias.name}"
    elif isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "import_module":
        yield from (str(each.value) for each in node.args[:1] if isinstance(each, ast.Constant))


@cache
def _lazy() -> dict[str, str]:
    """Return the modules of the names at the top of the library, which are imported when they are asked for."""
    statements = ast.parse((_LIBRARY / "__init__.pyi").read_text()).body
    return {
        alias.name: statement.module
        for statement in statements
        if isinstance(statement, ast.ImportFrom) and statement.module
        for alias in statement.names
    }


def _modules(name: str) -> Iterator[Path]:
    """Yield the files that are run when a dotted name is imported."""
    first, *rest = name.split(".")
    if first != _LIBRARY.name:
        return
    folder = _LIBRARY
    for part in rest:
        if (module := folder / f"{part}.py").is_file():
            yield module
        folder /= part
        if (package := folder / "__init__.py").is_file():
            yield package


def _meaning(tree: ast.Module, nodes: list[ast.AST]) -> bytes:
    """Return a tree without the docstrings and explanations of attributes among its nodes, which it then lacks."""
    for node in nodes:
        if isinstance(node, _DOCUMENTED):
            node.body = [line for line in node.body if not _is_text(line)]
    return ast.dump(tree).encode()


def _is_text(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str)
