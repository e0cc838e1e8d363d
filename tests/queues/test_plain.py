"""Tools that take no spaces or quotes in paths work in a folder without."""

import tempfile

import pytest

from delaysnn.core.errors import InputError
from delaysnn.queues.verilog.plain import plain_folder


def test_files_and_folders_are_there_under_their_own_names(tmp_path):
    odd = tmp_path / "with spaces & 'quotes'"
    odd.mkdir()
    (odd / "queue.v").write_text("module queue; endmodule\n")
    with plain_folder(odd / "queue.v", tmp_path) as folder:
        assert not set(" &'") & set(str(folder))
        assert (folder / "queue.v").read_text() == "module queue; endmodule\n"
        assert (folder / tmp_path.name / odd.name).is_dir()
    assert not folder.exists() and (odd / "queue.v").exists()


def test_where_temporary_files_lie_in_an_odd_folder_that_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "a b"))
    with pytest.raises(InputError, match=r"TMPDIR is .*a b, but make and Yosys"), plain_folder():
        pass
