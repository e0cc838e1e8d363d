"""Tables and figures: each is one module that registers a function with its title and caption, found by its folder."""

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
SECTIONS = ("Energy, latency, memory", "Delay queues", "Accuracy", "On the chips", "Trust", "Data and pipeline")
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
    """A table or a figure, and what stands with it in the report.

    Attributes:
        kind: table or figure.
        stem: the name of its module and of its files.
        file: its module.
        make: takes inputs and parameters by name; returns a DataFrame or a Figure.
        title: for readers.
        caption: for readers, of a study.
        section: one of :data:`SECTIONS`; None for what is made on demand and is not in the report.
        place: where in its section, ascending.
        inputs: which files it needs, a path or a list of paths by name.
        params: what else it needs, by name.
        when: whether a study has anything to show in it.
        of_data: whether it shows what was measured on the data set, and so says where that comes from.
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
    of_data: bool
    show: Callable[[pd.DataFrame], WideTable]

    @property
    def name(self) -> str:
        """Its rule's name."""
        return f"{self.kind}_{self.stem}"

    def draw(self, files: Mapping[str, Any], params: Mapping[str, Any]) -> Any:
        """Return the table or figure from its input files and parameters, each by name.

        Raises:
            InputError: an input is no argument of the function.
        """
        hints, given, known = get_type_hints(self.make), dict(params), {"origin"}
        if "beside" in hints:
            known.add("published")
            classes = outputs(read_json(files["origin"]))
            given["beside"] = published_beside(files["published"], given.pop("shapes"), classes)
        # Every item of the data set has an origin, which few look at.
        wanted = {name: file for name, file in files.items() if name in hints or name not in known}
        if unknown := wanted.keys() - hints.keys():
            raise InputError(f"{self.file}: the function has no argument {', '.join(sorted(unknown))}, but inputs do.")
        return self.make(**{name: _read(hints[name], file) for name, file in wanted.items()}, **given)


def _register(
    kind: str,
    *,
    title: str,
    caption: str | Callable[[Study], str],
    section: str | None,
    place: float,
    inputs: Callable[[Study], Mapping[str, str | Sequence[str]]],
    params: Callable[[Study], Mapping[str, Any]] = lambda _: {},
    when: Callable[[Study], object] = lambda _: True,
    of_data: bool = True,
    show: Callable[[pd.DataFrame], WideTable] = measured,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the function below under the name of its module; what to say of it: :class:`Item`.

    A caption that names what not every study runs is a function of the study. Each input is read as the function's
    annotation of the argument of that name says: a DataFrame from a table, Metrics from a file of metrics, a Mapping
    from JSON or YAML, a Path as it is. A Sequence of these takes a list of files. An argument ``beside`` is given
    the paper's values by our networks' names, which need the input ``published``, the study's file of that name, and
    the parameter ``shapes``, the study's.

    Raises:
        InputError: the section is none of the report's, or the module lies in another folder or registers twice.
    """

    def register(make: Callable[..., Any]) -> Callable[..., Any]:
        folder, stem = make.__module__.split(".")[-2:]
        name, file = f"{kind}_{stem}", Path(inspect.getfile(make))
        if folder != f"{kind}s" or name in _registered:
            raise InputError(f"{file}: @{kind} stands over one function a file, in the folder {kind}s.")
        if section not in (None, *SECTIONS):
            raise InputError(f"{file}: section is {section!r}; choose one of {', '.join(SECTIONS)}.")

        def settled(study: Study) -> str:
            return " ".join((caption if isinstance(caption, str) else caption(study)).split())

        said = (title, settled, section, place, inputs, params, when, of_data, show)
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
        raise InputError(f"{file}: registers no {kind}; put @{kind}(...) over its function.")
    return _registered[name]


def registered() -> list[Item]:
    """Return every table and figure in the order of the report, then what is not in it."""
    here = Path(__file__).parent
    files = [(kind, file.stem) for kind in ("table", "figure") for file in (here / f"{kind}s").glob("[!_]*.py")]
    items = [find(f"{kind}_{stem}") for kind, stem in files]
    sections = [*SECTIONS, None]
    return sorted(items, key=lambda item: (sections.index(item.section), item.place, item.name))


def _read(kind: Any, files: Any) -> Any:
    if get_origin(kind) is Sequence:
        return [_read(get_args(kind)[0], file) for file in ([files] if isinstance(files, str) else files)]
    if get_origin(kind) is Mapping:
        return (read_json if files.endswith(".json") else read_yaml)(files)
    return _READERS[kind](files)
