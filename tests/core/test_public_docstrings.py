"""What `import delaysnn` offers is explained, and the examples in its docstrings give what they say."""

import doctest
from pathlib import Path

import pytest

import delaysnn

ROOT = Path(__file__).parents[2]
NAMES = sorted({*delaysnn.__all__} - {"__version__"})


def examples(name):
    found = getattr(delaysnn, name)
    # Examples see what a reader of the page has: the name itself.
    return [each for each in doctest.DocTestFinder(recurse=False).find(found, name, globs={name: found})]


@pytest.mark.parametrize("name", NAMES)
def test_examples_give_what_they_say(monkeypatch, name):
    monkeypatch.chdir(ROOT)
    said = []
    for each in examples(name):
        assert each.docstring.strip()
        doctest.DocTestRunner().run(each, out=said.append)
    assert said == []


def test_most_names_have_an_example_that_is_run():
    run = {
        name
        for name in NAMES
        for each in examples(name)
        for line in each.examples
        if not line.options.get(doctest.SKIP)
    }
    assert len(run) >= len(NAMES) // 3
