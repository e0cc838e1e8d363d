"""Readers of other tools' networks: one file each, which names its ``READER``. No list elsewhere names them."""

import warnings
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from numpy.exceptions import ComplexWarning

from delaysnn.core.errors import InputError
from delaysnn.core.found import below_library, named
from delaysnn.core.network import Network


@dataclass(frozen=True)
class About:
    """What the user says of a network, since its file does not.

    Attributes:
        n_steps: time steps a sample.
        name: of the network.
        seed: of its training.
        dataset: name of the data set that it was trained on.
        layers: path of a JSON that names its layers, None where that is beside the file.
        dt: length of a time step in seconds, None where the file says it.
        readout: one of :data:`delaysnn.core.readout.READOUTS`, None where the file says it.
    """

    n_steps: int
    name: str = "theirs"
    seed: int = 0
    dataset: str = "unknown"
    layers: str | None = None
    dt: float | None = None
    readout: str | None = None


class Reader(ABC):
    """Reads the networks of a tool. To import a reader must be quick, so its methods import what takes long.

    Attributes:
        name: name of its file; ``networks.<name>.format`` chooses it.
        endings: endings that only files of this format have, such as ``.nir``. For other files the user names the
            format.
        keys: which of ``layers``, ``dt`` and ``readout`` it reads.
        needs: what a network of this format consists of, for messages: "a network of ... is ...".
    """

    name: str
    endings: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    needs: str

    @abstractmethod
    def read(self, path: str, about: About) -> Network:
        """Return the network that a file, or a folder, holds.

        Weights are those of the tool: float32, or quantised if they are there. The network fires the same spikes as in
        the tool.

        Raises:
            InputError: the file cannot be read, or holds something that is not understood or that no network of ours
                has. The message names the file and the place in it.
        """

    def beside(self, path: str, about: About) -> tuple[str, ...]:
        """Return the other files that :meth:`read` needs."""
        if "layers" not in self.keys:
            return ()
        return (about.layers or str(Path(path).with_suffix(".json")),)


@cache
def registered() -> dict[str, Reader]:
    """Return every reader by its name.

    Raises:
        InputError: a file names no reader, one that is not called as the file is, or an ending that another has, too;
            naming the file.
    """
    found: dict[str, Reader] = {}
    owners: dict[str, str] = {}
    for name, file in _files().items():
        found[name] = named(file, "READER", Reader)
        where = below_library(file)
        if (own := getattr(found[name], "name", None)) != name:
            raise InputError(f"{where}: the reader's name is {own!r}; write {name!r}, as its file is called.")
        for ending in found[name].endings:
            if ending in owners:
                raise InputError(f"{where}: {owners[ending]} has the ending {ending}, too; take it out of both.")
            owners[ending] = where
    return found


def file_of(name: str) -> Path:
    """Return the file of a reader, which no import names."""
    return _files()[name]


def _files() -> dict[str, Path]:
    return {file.stem: file for file in sorted(Path(__file__).parent.glob("[!_]*.py"))}


def reader_of(path: str, name: str | None = None) -> Reader:
    """Return the reader of a file, by its name or by the file's ending.

    Raises:
        InputError: there is none of this name, or the ending does not say which.
    """
    readers = registered()
    if name is not None:
        if name not in readers:
            raise InputError(f"{path}: {name!r} is no format that is read; choose one of {', '.join(readers)}.")
        return readers[name]
    for reader in readers.values():
        if Path(path).suffix in reader.endings:
            return reader
    endings = ", ".join(ending for reader in readers.values() for ending in reader.endings)
    raise InputError(
        f"{path}: its ending does not say which tool wrote it, as {endings} do; give its format, one of "
        f"{', '.join(readers)}."
    )


def read_theirs(
    path: str | Path,
    n_steps: int,
    format: str | None = None,
    layers: str | Path | None = None,
    dt: float | None = None,
    readout: str | None = None,
    name: str | None = None,
    dataset: str = "unknown",
    seed: int = 0,
) -> Network:
    """Read a network that another tool wrote.

    Args:
        path: its file, or folder.
        n_steps: time steps a sample.
        format: name of the tool's reader (``docs/own-network.md`` lists them); None where the file's ending says it.
        layers: a JSON that names the layers, if the format needs one; None: it is beside the file.
        dt: length of a time step in seconds, if the format needs it and the file does not say it.
        readout: what of the output layer decides on the class, if the file does not say it; one of
            :data:`delaysnn.core.readout.READOUTS`.
        name: of the network; None: the file's name.
        dataset: name of the data set that it was trained on.
        seed: of its training.

    Raises:
        InputError: the file cannot be read, or holds something that is not understood; the message names the file and
            the place in it.

    Examples:
        >>> read_theirs("theirs.nir", n_steps=64).topology  # doctest: +SKIP
        (700, 48, 48, 20)
    """
    path = str(path)
    named_in = None if layers is None else str(layers)
    about = About(n_steps, name or Path(path).stem, seed, dataset, named_in, dt, readout)
    reader = reader_of(path, format)
    refuse_unread(f"{path}: ", reader, about)
    return read_with(reader, path, about)


def read_with(reader: Reader, path: str, about: About) -> Network:
    """Return what a reader makes of a file, whatever the file holds.

    Raises:
        InputError: as :meth:`Reader.read`; and for whatever else a broken file raises in the libraries that open it.
    """
    try:
        with warnings.catch_warnings():
            # What libraries say of broken values, which are refused below; but complex numbers would lose a part.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", ComplexWarning)
            return reader.read(path, about)
    except InputError as error:
        raise InputError(_on_one_line(str(error))) from error.__cause__
    except Exception as error:
        said = f"{type(error).__name__}: {error}".removesuffix(".")
        raise InputError(
            _on_one_line(f"{path}: is broken or not of the format {reader.name} ({said[:200]}); {reader.needs}.")
        ) from error


def _on_one_line(text: str) -> str:
    """Return a text without line breaks and whatever else of a file would act on a terminal."""
    return "".join(each if each.isprintable() else " " if each.isspace() else ascii(each)[1:-1] for each in text)


def refuse_unread(key: str, reader: Reader, about: About) -> None:
    """Refuse what is said of a network and its reader does not read; ``key`` is what stands before its name."""
    for given in ("layers", "dt", "readout"):
        if getattr(about, given) is not None and given not in reader.keys:
            raise InputError(
                f"{key}{given} is {getattr(about, given)}, which is not read of the format {reader.name}; leave it out."
            )
