"""What a script imports from this library, hashed: Snakemake sees a script change, but not what that imports."""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_LIBRARY = Path(__file__).parents[1]
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_of(*files: str | Path) -> str:
    """Return a hash of these Python files and of all modules of the library that they import, however far away.

    Comments and docstrings do not count, since they change no result. Files of other kinds beside an imported module,
    such as C++ sources, do.

    Args:
        files: scripts or modules.

    Example:
        >>> code_of("workflow/scripts/train_network.py") == code_of("workflow/scripts/train_network.py")
        True
    """
    digest = hashlib.sha256()
    for file in sorted(imported(*files)):
        digest.update(file.name.encode() + _meaning(file))
        if file.is_relative_to(_LIBRARY):
            for content in _beside(file.parent):
                digest.update(content)
    return digest.hexdigest()[:16]


def imported(*files: str | Path) -> set[Path]:
    """Return these files and all files of the library that they import, directly or through others."""
    found: set[Path] = set()
    waiting = [Path(file).resolve() for file in files]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += _imports(file)
    return found


@cache
def _beside(folder: Path) -> list[bytes]:
    """Return files of other kinds below a folder."""
    return [file.read_bytes() for file in sorted(folder.rglob("*.*")) if file.suffix in (".cpp", ".h", ".j2")]


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


@cache
def _imports(file: Path) -> list[Path]:
    return [path for node in ast.walk(_tree(file)) for name in _names(node) for path in _modules(name)]


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        # What is imported from a package may be a module of it.
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


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
def _meaning(file: Path) -> bytes:
    """Return what is left of a file without comments, docstrings and explanations of attributes."""
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED):
            node.body = [line for line in node.body if not _is_text(line)]
    return ast.dump(tree).encode()


def _is_text(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str)
