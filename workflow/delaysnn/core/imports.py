"""What a script imports from this library, hashed: Snakemake sees a script change, but not what that imports."""

import ast
import copy
import hashlib
import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

_LIBRARY = Path(__file__).parents[1]
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_of(*files: str | Path, without: Collection[str] = ()) -> str:
    """Return a hash of these Python files and of all modules of the library that they import, however far away.

    Comments and docstrings do not count, since they change no result. Files of other kinds do where an imported module
    names them, or a folder of them that lies beside it: C++ sources, templates, tables of constants.

    Args:
        files: scripts or modules.
        without: functions and methods of these files that are not called, and so count only where others name them.

    Example:
        >>> code_of("workflow/scripts/train_network.py") == code_of("workflow/scripts/train_network.py")
        True
    """
    digest = hashlib.sha256()
    given = {Path(file).resolve() for file in files}
    for file in sorted(imported(*files, without=without)):
        digest.update(file.name.encode() + _meaning(file, frozenset(without if file in given else ())))
        for other in _named_beside(file):
            digest.update(other.read_bytes())
    return digest.hexdigest()[:16]


def imported(*files: str | Path, without: Collection[str] = ()) -> set[Path]:
    """Return these files and all files of the library that they import, directly or through others.

    Args:
        without: as of :func:`code_of`.
    """
    found = {Path(file).resolve() for file in files}
    waiting = [path for file in found for path in _imports(file, frozenset(without))]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += _imports(file)
    return found


@cache
def _named_beside(file: Path) -> list[Path]:
    """Return the files of other kinds that a module names, and those in folders that it names, beside it."""
    if not file.is_relative_to(_LIBRARY):
        return []
    said = {part for node in ast.walk(_tree(file)) for part in _texts(node)}
    named = [file.parent / name for name in said if name and (file.parent / name).exists()]
    inside = [each for path in named for each in (path.rglob("*") if path.is_dir() else [path])]
    return sorted(each for each in inside if each.is_file() and each.suffix not in (".py", ".pyc", ".nbi", ".nbc"))


def _texts(node: ast.AST) -> Iterator[str]:
    """Yield the first part of a path that a text may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"\w[\w./-]*", node.value):
        yield node.value.split("/")[0]


@cache
def _tree(file: Path, without: frozenset[str] = frozenset()) -> ast.Module:
    """Return what a file says, but for the functions that are left out and that nothing else in it names."""
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree) if without else ():
        if isinstance(node, ast.Module | ast.ClassDef):
            node.body = [line for line in node.body if not _is_function(line, without)] or [ast.Pass()]
    named = {getattr(node, "attr", getattr(node, "id", None)) for node in ast.walk(tree)} & without
    return _tree(file, without - named) if named else tree


def _is_function(line: ast.stmt, names: Collection[str]) -> bool:
    return isinstance(line, ast.FunctionDef) and line.name in names


@cache
def _imports(file: Path, without: frozenset[str] = frozenset()) -> list[Path]:
    return [path for node in ast.walk(_tree(file, without)) for name in _names(node, file) for path in _modules(name)]


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


@cache
def _meaning(file: Path, without: frozenset[str]) -> bytes:
    """Return what is left of a file without comments, docstrings and explanations of attributes."""
    # Not the tree that is kept for others, since this one is changed.
    tree = copy.deepcopy(_tree(file, without))
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED):
            node.body = [line for line in node.body if not _is_text(line)]
    return ast.dump(tree).encode()


def _is_text(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str)
