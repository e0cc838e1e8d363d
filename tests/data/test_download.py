"""Downloads from a real server on this machine: whole, broken off, wrong, absent, slow."""

import hashlib
import http.server
import io
import socket
import struct
import tarfile
import threading
import time
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from delaysnn.core.errors import InputError
from delaysnn.core.files import sha256
from delaysnn.data.download import Archive, fetch, fetch_recorded, obtain, unpack
from delaysnn.data.events import Events, read_events, write_events
from delaysnn.data.published import PublishedSource

NONSENSE = {
    "/no-http/data.zip": b"what is this?\r\n\r\n",
    "/no-length/data.zip": b"HTTP/1.0 200 OK\r\nContent-Length: many\r\n\r\n_samples",
    "/broken-chunks/data.zip": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n_samples",
    "/no-chunks/data.zip": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n_samples\r\n",
}


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves ``server.content`` with ranges; ``server.cut`` bytes a connection, after ``server.delay_s``."""

    def do_GET(self):
        server = self.server
        server.requests.append(self.headers.get("Range"))
        if self.path in NONSENSE:
            self.wfile.write(NONSENSE[self.path])
            return
        if self.path != "/data.zip":
            self.send_error(404)
            return
        time.sleep(server.delay_s)
        start = int((self.headers.get("Range") or "bytes=0-")[6:-1]) if server.ranges else 0
        if start >= len(server.content):
            self.send_error(416)
            return
        body = server.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: server.cut])
        time.sleep(server.silent_s)
        if server.resets:
            self.wfile.flush()
            time.sleep(0.2)  # until what was sent has been read
            # Closing is then no orderly end, but a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(tmp_path):
    events = Events.from_samples([np.array([0.1])], [np.array([5])], [0], [1], ["a"], 700)
    write_events(tmp_path / "made.h5", events)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(tmp_path / "made.h5", "shd/made.h5")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.content, server.cut, server.delay_s, server.requests = packed.getvalue(), None, 0, []
    server.ranges, server.resets, server.silent_s = True, False, 0
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def archive(server, *bases, md5=None):
    own = f"http://127.0.0.1:{server.server_port}/"
    digest = md5 or hashlib.md5(server.content).hexdigest()
    return Archive("data.zip", digest, tuple(base.format(own=own) for base in bases) or (own,), samples=1)


def test_a_good_archive_is_fetched_once_and_unpacked_where_asked(server, tmp_path):
    for _ in range(2):
        path = fetch(archive(server), tmp_path / "data", timeout_s=5)
    assert server.requests == [None]
    unpack(path, tmp_path / "data/train.h5")
    assert read_events(tmp_path / "data/train.h5", 700).units.tolist() == [5]


def test_a_broken_connection_is_continued(server, tmp_path):
    server.cut = len(server.content) // 2 + 1
    path = fetch(archive(server), tmp_path, timeout_s=5)
    assert path.read_bytes() == server.content
    assert server.requests == [None, f"bytes={server.cut}-"]


def test_a_connection_that_is_reset_is_continued(server, tmp_path):
    server.cut, server.resets = len(server.content) // 2 + 1, True
    path = fetch(archive(server), tmp_path, timeout_s=5)
    assert path.read_bytes() == server.content
    assert server.requests == [None, f"bytes={server.cut}-"]


def test_a_server_that_knows_no_ranges_starts_anew(server, tmp_path):
    (tmp_path / "data.zip.part").write_bytes(server.content[:9])
    server.ranges = False
    assert fetch(archive(server), tmp_path, timeout_s=5).read_bytes() == server.content
    assert server.requests == ["bytes=9-"]


@pytest.mark.parametrize("leftover", [b"something else", b"too long" * 2000])
def test_a_leftover_that_is_wrong_does_not_spoil_a_good_address(server, tmp_path, leftover):
    (tmp_path / "data.zip.part").write_bytes(leftover)
    assert fetch(archive(server), tmp_path, timeout_s=5).read_bytes() == server.content


@pytest.mark.parametrize("page", NONSENSE)
def test_an_answer_that_makes_no_sense_is_one_sentence(server, tmp_path, page):
    with pytest.raises(InputError, match=r"data\.zip could not be downloaded \(.*data\.zip: .+\)") as error:
        fetch(archive(server, "{own}" + page[1 : -len("data.zip")]), tmp_path, timeout_s=5)
    assert "\n" not in str(error.value)
    path = fetch(archive(server), tmp_path, timeout_s=5)
    assert path.read_bytes() == server.content


def test_a_later_run_goes_on_where_one_gave_up(server, tmp_path):
    server.cut = len(server.content) // 5
    with pytest.raises(InputError, match="continues from there"):
        fetch(archive(server), tmp_path, timeout_s=5)
    server.cut = None
    assert fetch(archive(server), tmp_path, timeout_s=5).read_bytes() == server.content
    assert server.requests[-1] == f"bytes={3 * (len(server.content) // 5)}-"


def test_a_wrong_checksum_leaves_nothing(server, tmp_path):
    with pytest.raises(InputError, match="MD5"):
        fetch(archive(server, md5="0" * 32), tmp_path / "data", timeout_s=5)
    assert list((tmp_path / "data").iterdir()) == []


def test_the_next_address_is_tried(server, tmp_path):
    path = fetch(archive(server, "{own}missing/", "{own}"), tmp_path, timeout_s=5)
    assert path.read_bytes() == server.content


@pytest.mark.parametrize("base", ["http://127.0.0.1:1/", "{own}missing/", "http://no.such.host.invalid/"])
def test_no_answer_names_the_cause_and_the_command_that_needs_no_network(server, tmp_path, base):
    with pytest.raises(InputError, match=r"data\.zip could not be downloaded .* make .*config/quick\.yaml"):
        fetch(archive(server, base), tmp_path, timeout_s=5)


def test_a_server_that_is_too_slow_ends_in_time(server, tmp_path):
    server.delay_s = 2
    start = time.monotonic()
    with pytest.raises(InputError, match="timed out"):
        fetch(archive(server), tmp_path, timeout_s=0.3)
    assert time.monotonic() - start < 2


def test_what_a_server_sent_before_it_fell_silent_is_kept(server, tmp_path):
    server.cut, server.silent_s = len(server.content) // 2, 2
    with pytest.raises(InputError, match="timed out"):
        fetch(archive(server), tmp_path, timeout_s=0.3)
    server.cut, server.silent_s = None, 0
    assert fetch(archive(server), tmp_path, timeout_s=5).read_bytes() == server.content
    assert server.requests == [None, f"bytes={len(server.content) // 2}-"]


def tarred(content):
    packed, about = io.BytesIO(), tarfile.TarInfo("data.bin")
    about.size = len(content)
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.addfile(about, io.BytesIO(content))
    return packed.getvalue()


def test_what_has_no_published_checksum_is_resumed_checked_to_its_end_and_recorded(server, tmp_path):
    good = server.content = tarred(np.random.default_rng(1).bytes(3000))
    bases = ("http://127.0.0.1:1/", f"http://127.0.0.1:{server.server_port}/")
    server.cut = len(good) // 5
    with pytest.raises(InputError, match="continues from there"):
        fetch_recorded("data.zip", bases, tmp_path, timeout_s=5)
    # What goes on with other bytes is no whole gzip, and is fetched anew.
    server.content, server.cut = tarred(np.random.default_rng(2).bytes(3000)), None
    path, found = fetch_recorded("data.zip", bases, tmp_path, timeout_s=5)
    assert path.read_bytes() == server.content and server.requests[-2:] == [f"bytes={3 * (len(good) // 5)}-", None]
    assert found == sha256(path) == (tmp_path / "data.zip.sha256").read_text().strip()
    path.write_bytes(good)
    assert fetch_recorded("data.zip", bases, tmp_path, timeout_s=5) == (path, found)
    assert path.read_bytes() == server.content


def test_a_full_disk_is_not_blamed_on_the_archive_or_its_server(server, tmp_path, small_disk):
    full_disk = small_disk(tmp_path / "full", "4k")
    (tmp_path / "data.zip").write_bytes(server.content)
    for work, file in (
        (lambda: unpack(tmp_path / "data.zip", full_disk / "data.h5"), "data.h5"),
        (lambda: fetch(archive(server), full_disk, timeout_s=5), "data.zip.part"),
    ):
        with pytest.raises(OSError, match="No space left on device") as caught:
            work()
        assert caught.value.filename == str(full_disk / file)


def test_a_zip_that_is_none_or_holds_no_events_is_refused(tmp_path):
    broken = tmp_path / "data.zip"
    broken.write_bytes(b"PK no zip")
    with pytest.raises(InputError, match="cannot be unpacked"):
        unpack(broken, tmp_path / "a.h5")
    with zipfile.ZipFile(broken, "w") as content:
        content.writestr("readme.txt", "hello")
    with pytest.raises(InputError, match="holds 0 HDF5 files"):
        unpack(broken, tmp_path / "a.h5")
    assert not (tmp_path / "a.h5").exists()


def test_three_files_come_from_the_second_mirror_after_a_broken_connection(server, tmp_path):
    server.cut = len(server.content) // 2 + 1
    roles = ("train", "validation", "test")
    targets = {role: tmp_path / role / f"{role}.h5" for role in roles}
    archives = {role: archive(server, "http://127.0.0.1:1/") for role in roles}
    source = PublishedSource("mine", "nobody", "CC0", archives, channels=700, classes=1, speakers=None)
    mirrors = [f"http://127.0.0.1:{server.server_port}/"]
    files = source.fetch({"download": {"folder": None, "mirrors": mirrors, "timeout_s": 5}}, targets, threads=1)
    assert server.requests == 3 * [None, f"bytes={server.cut}-"]
    assert {role: (file["samples"], file["sha256"]) for role, file in files.items()} == {
        role: (1, sha256(tmp_path / "made.h5")) for role in roles
    }
    assert all(targets[role].exists() for role in roles)


@pytest.mark.parametrize("name", ["data.zip", "data"])
def test_a_local_copy_needs_no_network(server, tmp_path, name):
    content = server.content if name == "data.zip" else (tmp_path / "made.h5").read_bytes()
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / name).write_bytes(content)
    assert len(obtain(archive(server), tmp_path / "data/train.h5", tmp_path / "copy", timeout_s=5, channels=700)) == 1
    assert read_events(tmp_path / "data/train.h5", 700).units.tolist() == [5]
    assert server.requests == []


def test_a_local_copy_that_is_not_what_was_published_is_refused(server, tmp_path):
    target = tmp_path / "data/train.h5"
    with pytest.raises(InputError, match=r"holds neither data\.zip nor data;"):
        obtain(archive(server), target, tmp_path / "copy", timeout_s=5, channels=700)
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/data").write_bytes((tmp_path / "made.h5").read_bytes())
    with pytest.raises(InputError, match=r"copy/data: holds 1 samples, not 2"):
        obtain(replace(archive(server), samples=2), target, tmp_path / "copy", timeout_s=5, channels=700)
    (tmp_path / "copy/data.zip").write_bytes(server.content[:-1])
    with pytest.raises(InputError, match=r"copy/data\.zip: has MD5"):
        obtain(archive(server), target, tmp_path / "copy", timeout_s=5, channels=700)
    assert not target.exists()
