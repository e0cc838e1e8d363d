import pytest
import yaml

from delaysnn.core.errors import InputError
from delaysnn.core.yaml_file import read_yaml


@pytest.fixture
def written(tmp_path):
    def write(text, name="a.yaml"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


def test_what_is_written_is_read(written):
    text = "a: &part {b: 1, c: [x, 2]}\nd:\n  <<: *part\n  b: 3\n'a b': null\n"
    assert read_yaml(written(text)) == {"a": {"b": 1, "c": ["x", 2]}, "d": {"b": 3, "c": ["x", 2]}, "a b": None}
    nested = "a: &a {x: 1}\nb: &b {<<: *a, x: 2}\nc: {<<: [*b, *a], y: {<<: *b, x: 3}}\n"
    assert read_yaml(written(nested)) == yaml.safe_load(nested)
    assert read_yaml(written('{\n\t"a": [1]\n}', "a.json")) == {"a": [1]}


@pytest.mark.parametrize(
    ("text", "samples"),
    [
        ("seeds: [1]\ndata: {}\nseeds: [2]\n", "has the key 'seeds' twice, in lines 1 and 3"),
        ("a:\n  b: 1\n  c: 2\n  b: 1\n", "has the key 'b' twice, in lines 2 and 4"),
        ("networks:\n  '48': 1\n  \"48\": 2\n", "has the key '48' twice, in lines 2 and 3"),
        ("networks:\n  48: 1\n  48: 2\n", "has the key 48 twice, in lines 2 and 3"),
        ("a: [{b: 1, b: 2}]\n", "has the key 'b' twice, in lines 1 and 1"),
        ("a: 1\nb: [1\n", r"is not YAML \(.* line 3,"),
        ("a: 1\n\tb: 2\n", r"is not YAML \(.* line 2,"),
        ('{"a": 1, "a": 2}', "has the key 'a' twice"),
    ],
)
def test_what_cannot_be_meant_is_named_with_its_line(written, text, samples):
    with pytest.raises(InputError, match=rf"a\.yaml: {samples}"):
        read_yaml(written(text))


def test_what_is_no_text_is_named(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"a: \xff\n")
    with pytest.raises(InputError, match=r"a\.yaml: is not YAML, since it is not text in UTF-8"):
        read_yaml(tmp_path / "a.yaml")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"gone\.yaml: there is no such file"):
        read_yaml(tmp_path / "gone.yaml")
