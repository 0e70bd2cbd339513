"""Mappings that were remembered are read by every later Polku, and by an earlier one, too."""

from __future__ import annotations

from polku.capture.imports.mapping import ColumnMapping, Reading
from polku.capture.imports.mapping_json import mapping_from_json, to_json
from polku.capture.imports.options import ImportOptions

MAPPING = ColumnMapping(
    kind="scores",
    options=ImportOptions(person="a", score="b", time="c", metric="csat", scale=(1, 5), properties=("d",)),
    timezone="UTC",
    reading=Reading(sheet="Taulukko1", header_line=3),
    month_first={"c": True},
    decimal={"b": "comma"},
)


def test_a_mapping_comes_back_as_it_was():
    assert mapping_from_json(to_json(MAPPING)) == MAPPING


def test_what_another_version_lacks_or_adds_does_no_harm():
    document = to_json(MAPPING)
    for part, name in (
        (document, "preset"),
        (document["options"], "repeated"),
        (document["reading"], "header_rows"),
    ):
        del part[name]
        part["what comes later"] = 1
    assert mapping_from_json(document) == MAPPING
