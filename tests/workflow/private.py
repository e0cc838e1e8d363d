"""What tells of the machine that made a result: absolute paths, the user's name, the host's."""

import getpass
import re
import socket
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (".json", ".csv", ".html", ".svg")
# An absolute path, as it begins in text; a URL has two strokes.
ABSOLUTE = rb"""(?:^|["'\s=(,:])/[\w.-]+/"""
IMAGES = re.compile(rb"base64,[\w+/=]+")


def find_private(folder, *places):
    """Return what of this machine stands in a file below a folder: pairs of file and what was found.

    Every file is searched for the folder itself, the repository, the home and ``places``, and text also for any other
    absolute path, the host and folders named as the user.
    """
    # The parent catches siblings too.
    folders = map(str, (folder.absolute().parent, ROOT, Path.home(), *places))
    known = "|".join(re.escape(name) for name in folders if name != "/").encode()
    names = rf"/{re.escape(getpass.getuser())}/|\b{re.escape(socket.gethostname())}\b".encode()
    anywhere, in_text = re.compile(known), re.compile(b"|".join((known, ABSOLUTE, names)))
    return [
        (path.relative_to(folder).as_posix(), hit)
        for path in sorted(path for path in folder.rglob("*") if path.is_file())
        for content in _contents(path)
        for hit in (in_text if path.suffix in TEXT else anywhere).findall(content)
    ]


def _contents(path):
    """Yield a file's bytes, without images in text; of a zip, such as an npz, the bytes of what it holds."""
    if not zipfile.is_zipfile(path):
        yield IMAGES.sub(b"", path.read_bytes())
        return
    with zipfile.ZipFile(path) as archive:
        # numpy stores a letter of text in four bytes.
        yield from (archive.read(name).replace(b"\0", b"") for name in archive.namelist())
