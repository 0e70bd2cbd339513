"""What a column becomes, said once however many imports use it."""

from __future__ import annotations

from django.utils import translation

from polku.capture.imports.mapping import ColumnMapping
from polku.capture.imports.options import ImportOptions
from polku.capture.uploads.words import uses_of


def _mapping(kind, **options):
    return ColumnMapping(kind=kind, options=ImportOptions(**options), timezone="UTC")


def test_two_questions_of_one_survey_share_their_person():
    mappings = [
        _mapping("scores", person="Email", score="Recommends"),
        _mapping("scores", person="Email", score="Easy"),
    ]
    with translation.override("en"):
        assert uses_of("Email", mappings) == ["Customer"]
        assert uses_of("Easy", mappings) == ["Score"]


def test_imports_of_two_kinds_are_named_beside_what_they_share():
    mappings = [
        _mapping("orders", person="Number", value="Sum"),
        _mapping("people", person="Number"),
    ]
    with translation.override("en"):
        assert uses_of("Number", mappings) == ["Orders, Customers’ details: Customer"]
        assert uses_of("Sum", mappings) == ["Orders: Sum"]
