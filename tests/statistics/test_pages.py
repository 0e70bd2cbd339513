"""Every function of the library has a page with the same parts, and the examples on the pages run as shown."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from polku import statistics

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference" / "statistics"
PAGES = sorted(page for page in FOLDER.glob("*.md") if page.name != "README.md")
PARTS = ["What it answers", "Formula", "Example", "When not to use it", "Source"]


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_a_page_has_its_parts_and_its_example_runs(file):
    text = file.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == PARTS
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    example = doctest.DocTestParser().get_doctest(code, {}, file.stem, str(file), 0)
    assert example.examples
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=said.append)
    assert said == []


def test_every_function_has_a_page_and_every_page_is_listed():
    functions = {name for name in statistics.__all__ if name[0].islower()}
    told = {
        name
        for page in PAGES
        for name in re.findall(r"`(\w+)`", page.read_text(encoding="utf-8").split("##")[0])
    }
    assert told == functions
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\]\((\S+?\.md)\)", index)) == [page.name for page in PAGES]
