"""Every public word has a docstring whose example runs."""

from __future__ import annotations

import doctest
import inspect

import matplotlib
import pytest

import carbonlink as cl

matplotlib.use("Agg")
PLAIN = {"__version__", "mechanisms", "simulate"}
WORDS = [w for w in cl.__all__ if w not in PLAIN]
CALLS = [w for w in WORDS if not (inspect.isclass(getattr(cl, w)) and w[0].isupper())]
MODELS = [w for w in WORDS if hasattr(getattr(cl, w), "fit")]


@pytest.mark.parametrize("word", WORDS)
def test_has_a_docstring(word):
    text = inspect.getdoc(getattr(cl, word)) or ""
    assert text.splitlines()[0].endswith("."), f"{word} has no one-line summary"


@pytest.mark.parametrize("word", sorted({*CALLS, *MODELS}))
def test_example_runs(word, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    thing = getattr(cl, word)
    examples = [
        e for t in doctest.DocTestFinder(recurse=False).find(thing, word) for e in t.examples
    ]
    assert examples, f"{word} has no example"
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    for test in doctest.DocTestFinder(recurse=False).find(thing, word):
        runner.run(test)
    assert runner.summarize(verbose=False).failed == 0


@pytest.mark.parametrize(
    "name",
    [n for n in dir(cl.simulate) if n[0] != "_" and inspect.isfunction(getattr(cl.simulate, n))],
)
def test_simulators_have_examples_that_run(name):
    thing = getattr(cl.simulate, name)
    if inspect.getmodule(thing).__name__.startswith("carbonlink.simulate"):
        tests = doctest.DocTestFinder(recurse=False).find(thing, name)
        assert any(t.examples for t in tests), f"simulate.{name} has no example"
        runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
        for test in tests:
            runner.run(test)
        assert runner.summarize(verbose=False).failed == 0
