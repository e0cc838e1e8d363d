"""Tables and figures: one module each, which registers a function with title and caption and is found by its folder."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pandas as pd

from delaysnn.core.dataset import Dataset, read_dataset
from delaysnn.core.errors import InputError
from delaysnn.core.found import below_library
from delaysnn.core.membranes import Membranes, read_membranes
from delaysnn.core.metrics import Metrics, read_json, read_metrics
from delaysnn.core.network import Network, read_network
from delaysnn.core.traces import Traces, read_traces
from delaysnn.core.yaml_file import read_yaml
from delaysnn.report.published import published_beside
from delaysnn.report.study import Study
from delaysnn.report.tidy import outputs, read_table
from delaysnn.report.wide import WideTable, measured

# The report's sections, in order.
SECTIONS = (
    "All networks",
    "Energy, latency, memory",
    "Delay queues",
    "Accuracy",
    "On the chips",
    "Trust",
    "Data and pipeline",
)
_READERS: dict[Any, Callable[[str], Any]] = {
    pd.DataFrame: read_table,
    Dataset: read_dataset,
    Membranes: read_membranes,
    Metrics: read_metrics,
    Network: read_network,
    Path: Path,
    Traces: read_traces,
}
_registered: dict[str, "Item"] = {}


@dataclass(frozen=True)
class Item:
    """A table or a figure, and its texts in the report.

    Attributes:
        kind: table or figure.
        stem: the name of its module and of its files.
        file: its module.
        make: takes inputs and parameters by name; returns a DataFrame or a Figure.
        title: for readers.
        caption: takes a study and returns a text for readers.
        section: one of :data:`SECTIONS`; None for an item that is made on demand and is not in the report.
        place: order in its section, ascending.
        inputs: files that it needs: a path or a list of paths by name.
        params: other values that it needs, by name.
        when: whether it has anything to show in a study.
        of_data: whether it shows results on the data set in a study; then it also says where the data come from.
        show: turns a table into one for readers.
    """

    kind: str
    stem: str
    file: Path
    make: Callable[..., Any]
    title: str
    caption: Callable[[Study], str]
    section: str | None
    place: float
    inputs: Callable[[Study], Mapping[str, str | Sequence[str]]]
    params: Callable[[Study], Mapping[str, Any]]
    when: Callable[[Study], object]
    of_data: Callable[[Study], object]
    show: Callable[[pd.DataFrame], WideTable]

    @property
    def name(self) -> str:
        """Name of its rule."""
        return f"{self.kind}_{self.stem}"

    def check(self, study: Study) -> None:
        """Check that the function's arguments are what inputs and params give, and that each input can be read.

        Raises:
            InputError: naming the module and the argument.
        """
        arguments, hints = inspect.signature(self.make).parameters, get_type_hints(self.make)
        inputs, params = dict(self.inputs(study)), dict(self.params(study))
        needed = {name for name, argument in arguments.items() if argument.default is argument.empty}
        # What `draw` itself needs.
        extra = {"origin"} if self.of_data(study) else set()
        given = inputs.keys() | params.keys() | extra
        if "beside" in arguments:
            extra |= {"published", "shapes"}
            needed = needed - {"beside"} | {"published", "shapes"}
        for name in sorted(given - arguments.keys() - extra):
            whose = "inputs" if name in inputs else "params"
            raise InputError(f"{self._where}: the function has no argument {name}, but {whose} do; take it out of one.")
        for name in sorted(needed - given):
            raise InputError(f"{self._where}: neither inputs nor params give {name}; add it to one of them.")
        for name in sorted(inputs.keys() & params.keys()):
            raise InputError(f"{self._where}: inputs and params both give {name}; take it out of one.")
        for name, files in inputs.items():
            if name in arguments and not _readable(hints.get(name), files):
                known = ", ".join(sorted(kind.__name__ for kind in _READERS))
                what = f"is annotated {hints[name]}" if name in hints else "has no annotation"
                count = "one file" if isinstance(files, str) else "a list of files"
                raise InputError(
                    f"{self._where}: the input {name} {what}, as which {count} cannot be read; write one of {known} or "
                    "Mapping[str, Any], or a Sequence[...] of one for a list."
                )

    @property
    def _where(self) -> str:
        return below_library(self.file)

    def draw(self, files: Mapping[str, Any], params: Mapping[str, Any]) -> Any:
        """Return the table or figure from its input files and parameters, each by name."""
        hints, given = get_type_hints(self.make), dict(params)
        if "beside" in hints:
            classes = outputs(read_json(files["origin"]))
            given["beside"] = published_beside(files["published"], given.pop("shapes"), classes)
        # Origin and published are among the files where only what stands above needs them.
        wanted = {name: file for name, file in files.items() if name in hints}
        return self.make(**{name: _read(hints[name], file) for name, file in wanted.items()}, **given)


def _register(
    kind: str,
    *,
    title: str = "",
    caption: str | Callable[[Study], str] = "",
    section: str | None = "",
    place: float | None = None,
    inputs: Callable[[Study], Mapping[str, str | Sequence[str]]] = lambda _: {},
    params: Callable[[Study], Mapping[str, Any]] = lambda _: {},
    when: Callable[[Study], object] = lambda _: True,
    of_data: bool | Callable[[Study], object] = True,
    show: Callable[[pd.DataFrame], WideTable] = measured,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the function below under the name of its module; what to say of it: :class:`Item`.

    A caption that names what not every study runs is a function of the study, and so is ``of_data`` where not every
    study has results on the data set. Each input is read as the function's
    annotation of the argument of that name says: a DataFrame from a table, Metrics from a file of metrics, a Mapping
    from JSON or YAML, a Path as it is. A Sequence of these takes a list of files. An argument ``beside`` is given
    the paper's values by our networks' names, which need the input ``published``, the study's file of that name, and
    the parameter ``shapes``, the study's.

    Raises:
        InputError: title, caption or place is missing, the section is none of the report's, or the module lies in
            another folder or registers twice.
    """

    def register(make: Callable[..., Any]) -> Callable[..., Any]:
        folder, stem = make.__module__.split(".")[-2:]
        name, file = f"{kind}_{stem}", Path(inspect.getfile(make))
        where = below_library(file)
        if folder != f"{kind}s" or name in _registered:
            raise InputError(f"{where}: @{kind} stands over one function a file, in the folder {kind}s.")
        if section not in (None, *SECTIONS):
            raise InputError(f"{where}: section is {section!r}; choose one of {', '.join(SECTIONS)}.")
        for key, text in (("title", title), ("caption", caption)):
            if not (isinstance(text, str) and text.strip()) and not (key == "caption" and callable(text)):
                raise InputError(f"{where}: {key} is {text!r}; write what readers are told.")
        if isinstance(place, bool) or not isinstance(place, int | float):
            raise InputError(f"{where}: place is {place!r}; write a number, by which its section is ordered.")

        def settled(study: Study) -> str:
            return " ".join((caption if isinstance(caption, str) else caption(study)).split())

        shows = of_data if callable(of_data) else lambda _: of_data
        said = (title, settled, section, place, inputs, params, when, shows, show)
        _registered[name] = Item(kind, stem, file, make, *said)
        return make

    return register


table = partial(_register, "table")
figure = partial(_register, "figure")


def find(name: str) -> Item:
    """Return an item by its name.

    Raises:
        InputError: its module registers nothing.
    """
    kind, _, stem = name.partition("_")
    file = import_module(f"delaysnn.report.{kind}s.{stem}").__file__
    if name not in _registered:
        raise InputError(f"{below_library(Path(str(file)))}: registers no {kind}; put @{kind}(...) over its function.")
    return _registered[name]


def registered() -> list[Item]:
    """Return every table and figure in the order of the report, then those that are not in it."""
    here = Path(__file__).parent
    files = [(kind, file.stem) for kind in ("table", "figure") for file in (here / f"{kind}s").glob("[!_]*.py")]
    items = [find(f"{kind}_{stem}") for kind, stem in files]
    sections = [*SECTIONS, None]
    return sorted(items, key=lambda item: (sections.index(item.section), item.place, item.name))


def _readable(kind: Any, files: str | Sequence[str]) -> bool:
    if get_origin(kind) is Sequence:
        return _readable(get_args(kind)[0], "")
    return isinstance(files, str) and (get_origin(kind) is Mapping or kind in _READERS)


def _read(kind: Any, files: Any) -> Any:
    if get_origin(kind) is Sequence:
        return [_read(get_args(kind)[0], file) for file in ([files] if isinstance(files, str) else files)]
    if get_origin(kind) is Mapping:
        return (read_json if files.endswith(".json") else read_yaml)(files)
    return _READERS[kind](files)
