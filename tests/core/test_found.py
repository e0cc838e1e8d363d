"""A file that a stranger adds to a folder is refused in one sentence that names it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import page
import pytest

LIBRARY = Path(__file__).parents[2] / "workflow/delaysnn"
ROOMS = {"platforms/": "platforms", "data/": "data.sources", "queues/": "queues"}


def stranger(file):
    """Return the file of a stranger's that docs/extending.md shows."""
    return page.files()[f"workflow/delaysnn/{file}"]


PICO, CALENDAR, BARS = "platforms/pico/platform.py", "queues/structures/calendar.py", "data/sources/bars.py"
CHIP = "from delaysnn.platforms.protocol import Platform, Setup\n"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stranger")
    shutil.copytree(LIBRARY, folder / "delaysnn", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def said_of(copy, file, text):
    """Return the last line that listing the file's room says."""
    path, room = copy / "delaysnn" / file, next(room for start, room in ROOMS.items() if file.startswith(start))
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    code = f"from delaysnn.{room} import registered; registered()"
    if room == "queues":
        code += "; import delaysnn.platforms; delaysnn.platforms.registered()"
    environment = os.environ | {"PYTHONPATH": str(copy)}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    path.unlink()
    return run.stderr.strip().rpartition("\n")[2]


@pytest.mark.parametrize("file", [PICO, CALENDAR, BARS])
def test_what_the_page_shows_is_taken(copy, file):
    assert said_of(copy, file, stranger(file)) == ""


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (PICO, "", "names no PLATFORM; write PLATFORM = and a Platform into it."),
        (PICO, "PLATFORM = 'pico'", "PLATFORM is a str, but must be a Platform"),
        (PICO, CHIP + "PLATFORM = Platform", "PLATFORM is the class Platform, but must be a Platform"),
        (PICO, CHIP + "PLATFORM = Platform('pico', '', '')", "the platform has no run; write one that returns a Run"),
        (PICO, CHIP + "PLATFORM = Platform('loihi', '', '')", "the name is 'loihi'; write 'pico', as its folder is"),
        (PICO, CHIP + "PLATFORM = Platform('pico', '', '', setups=[])", "setups is []; write a tuple of Setup"),
        (PICO, CHIP + "PLATFORM = Platform('pico', '', '', setups=Setup('a', '', ''))", "setups is Setup("),
        (PICO, CHIP + "PLATFORM = Platform('pico', '', '', labels=('a', 'b'))", "labels is ('a', 'b'); write a tuple"),
        (
            "platforms/data/platform.py",
            CHIP + "PLATFORM = Platform('data', '', '')",
            "data is a name of rules or files",
        ),
        (BARS, "", "names no SOURCE; write SOURCE = and a Source into it."),
        (BARS, stranger(BARS).replace("Bars()", "Bars"), "SOURCE is the class Bars, but must be a Source"),
        (BARS, stranger(BARS).replace('name = "bars"', 'name = "shd"'), "the source's name is 'shd'; write 'bars'"),
        (BARS, stranger(BARS).replace('name = "bars"', ""), "the source's name is None; write 'bars'"),
        (CALENDAR, "", "names no STRUCTURES; write STRUCTURES = and a tuple into it."),
        (CALENDAR, stranger(CALENDAR).replace("1.0),)", "1.0))"), "STRUCTURES is a Structure, but must be a tuple"),
        (CALENDAR, "STRUCTURES = ('calendar',)", "STRUCTURES has 'calendar'; write a tuple of Structure."),
        (CALENDAR, stranger(CALENDAR).replace('"calendar",', '"software",'), "Seneca has seneca_software already"),
        (CALENDAR, stranger(CALENDAR).replace('"calendar",', '"scdq_sram",'), "Seneca has seneca_scdq_sram already"),
    ],
)
def test_what_is_not_understood_is_named(copy, file, text, said):
    found = said_of(copy, file, text)
    assert found.startswith(f"delaysnn.core.errors.InputError: {file}: ") and said in found


def test_two_of_one_name_are_refused_with_both_files(copy):
    same = CHIP + "PLATFORM = Platform('pico', '', '', setups=(Setup('seneca_scdq', '', ''),))"
    assert f"{PICO} and platforms/seneca/platform.py: seneca_scdq is named twice" in said_of(copy, PICO, same)
    neurons = CHIP + "PLATFORM = Platform('pico', '', '', neurons=('adlif',))"
    assert f"{PICO}: neurons is ('adlif',); write a tuple of some of adlif, cuba, lif, with lif, which" in said_of(
        copy, PICO, neurons
    )
    twice = CHIP + "PLATFORM = Platform('pico', '', '', labels=(('pico_a', ''), ('pico_a', '')))"
    assert f" {PICO}: pico_a is named twice" in said_of(copy, PICO, twice)
    history = stranger(CALENDAR).replace('"calendar",', '"history",')
    assert f"{CALENDAR} and queues/structures/history.py: history is named twice" in said_of(copy, CALENDAR, history)


def test_a_chip_is_not_called_as_a_queue_is(copy):
    file = copy / "delaysnn/platforms/history/platform.py"
    file.parent.mkdir()
    running = "class Chip(Platform):\n    def run(self, deployed, spikes):\n        return None\n\n\n"
    file.write_text(CHIP + running + "PLATFORM = Chip('history', '', '')")
    code, environment = "from delaysnn.report.style import looks; looks()", os.environ | {"PYTHONPATH": str(copy)}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    shutil.rmtree(file.parent)
    assert "platforms/history/platform.py: history is the name of a delay structure already" in run.stderr
