from pathlib import Path

import pytest
import yaml

from delaysnn.core.errors import InputError
from delaysnn.platforms.constants import read_constants, shipped_constants

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "config/hardware"
CHIPS = [name for name in ("loihi", "seneca") if shipped_constants(name, ROOT)]


@pytest.mark.parametrize("chip", CHIPS)
def test_the_shipped_constants_are_read(chip):
    assert read_constants(SHIPPED / f"{chip}.yaml", SHIPPED / f"{chip}.yaml")["weight_bits"] in (8, 16)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"add_pj": None}, "mine.yaml: add_pj is None; write a number above zero"),
        ({"add_pj": "1,4"}, "add_pj is '1,4'"),
        ({"add_pj": -1}, "add_pj is -1"),
        ({"add_pj": True}, "add_pj is True"),
        ({"npes": 0.5}, "mine.yaml: npes is 0.5, but it counts; write a whole number above zero."),
        ({"queue_depth": 2048.0}, "mine.yaml: queue_depth is 2048.0, but"),
        ({"weight_bits": 16.5}, "weight_bits is 16.5"),
        ({"event_bits": 16.5}, "event_bits is 16.5"),
        ({"subtract_pj": 1}, "mine.yaml: has subtract_pj, which is not read"),
    ],
)
def test_a_value_that_cannot_be_is_named(tmp_path, change, says):
    constants = yaml.safe_load((SHIPPED / "seneca.yaml").read_text()) | change
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(constants))
    with pytest.raises(InputError, match=r"mine\.yaml") as error:
        read_constants(tmp_path / "mine.yaml", SHIPPED / "seneca.yaml")
    assert says in str(error.value)


def test_what_is_counted_is_whole_and_what_is_measured_need_not_be(tmp_path):
    measured = ("_pj", "_ns", "clock_mhz", "_instructions", "_accesses")
    for chip in CHIPS:
        constants = yaml.safe_load((SHIPPED / f"{chip}.yaml").read_text())
        for name, value in constants.items():
            (tmp_path / "mine.yaml").write_text(yaml.safe_dump(constants | {name: value + 0.5}))
            if name.endswith(measured):
                read_constants(tmp_path / "mine.yaml", SHIPPED / f"{chip}.yaml")
                continue
            with pytest.raises(InputError, match=f"mine.yaml: {name} is {value + 0.5}, but it counts"):
                read_constants(tmp_path / "mine.yaml", SHIPPED / f"{chip}.yaml")


def test_a_constant_that_lacks_is_named(tmp_path):
    (tmp_path / "mine.yaml").write_text("add_pj: 1.4")
    with pytest.raises(InputError, match=r"mine\.yaml: lacks load_weight_pj, "):
        read_constants(tmp_path / "mine.yaml", SHIPPED / "seneca.yaml")


@pytest.mark.parametrize(("text", "says"), [("- 1", "holds no constants"), ("a: [", "is not YAML")])
def test_a_file_of_another_kind_is_named(tmp_path, text, says):
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(InputError, match=says):
        read_constants(tmp_path / "mine.yaml", SHIPPED / "seneca.yaml")
    with pytest.raises(InputError, match="no such file"):
        read_constants(tmp_path / "none.yaml", SHIPPED / "seneca.yaml")


def test_a_constant_that_stands_twice_is_named(tmp_path):
    (tmp_path / "mine.yaml").write_text("a: 1\nb: 2\na: 3\n")
    with pytest.raises(InputError, match=r"mine\.yaml: has the key 'a' twice, in lines 1 and 3"):
        read_constants(tmp_path / "mine.yaml")
