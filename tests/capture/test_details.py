"""The sentences that say what is wrong with a rejected row: kept in English, told in the reader's language."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from polku.capture.details import LONGEST, Explanation, Sentence, detail, explain


def parameters(sentence: Sentence, value: str = "x1") -> dict[str, str]:
    return {name: f"{value} {name}" for name in re.findall(r"%\((\w+)\)s", sentence.value)}


@pytest.mark.parametrize("sentence", Sentence)
def test_every_sentence_is_kept_in_english_and_told_in_finnish_with_its_parameters(sentence):
    said = parameters(sentence)
    with translation.override("fi"):
        kept, quoted = detail(sentence, **said), detail(sentence, **said, quote="byte 3 (of 4)")
        finnish = translation.gettext(sentence.value)
        assert (explain(kept), explain(quoted)) == (
            Explanation(finnish % said),
            Explanation(finnish % said, "byte 3 (of 4)"),
        )
    assert finnish not in ("", sentence.value)
    assert (kept, quoted) == (sentence.value % said, f"{sentence.value % said} (byte 3 (of 4))")
    with translation.override("en"):
        assert (str(explain(kept)), str(explain(quoted))) == (kept, quoted)


HOSTILE = ["%(name)s %s %", "” is none of a.", "a.\n(b) “c” is not a number. (", "((", ")", "<b>"]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("sentence", Sentence)
def test_what_a_parser_says_changes_no_sentence(sentence, hostile):
    said = parameters(sentence)
    with translation.override("fi"):
        told = explain(detail(sentence, **said, quote=hostile))
        assert told == Explanation(translation.gettext(sentence.value) % said, hostile)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_a_sender_says_changes_no_sentence(hostile):
    for kept, finnish in (
        (
            detail(Sentence.UNKNOWN_TYPE, said=hostile, known="track, page"),
            f"”{hostile}” ei ole mikään näistä: track, page.",
        ),
        (
            detail(Sentence.UNKNOWN_PROTOCOL, name=hostile),
            f"Mikään tiedonsiirtotapa ei ole nimeltään ”{hostile}”.",
        ),
    ):
        with translation.override("fi"):
            assert explain(kept) == Explanation(finnish)


def test_what_a_sender_or_a_parser_says_is_cut():
    kept = detail(Sentence.MISSING, name="n" * 1_000, quote="q" * 1_000)
    assert (kept.count("n" * LONGEST), kept.count("n" * (LONGEST + 1))) == (1, 0)
    assert kept.endswith(f" ({'q' * LONGEST})")
    assert detail(Sentence.NOT_JSON, quote=ValueError()) == "It is not valid JSON."


@pytest.mark.parametrize(
    "kept", ["", "A sentence of a newer program.", "It is not valid JSON", "It is not valid JSON. "]
)
def test_a_sentence_that_nobody_knows_is_shown_as_it_is_kept(kept):
    with translation.override("fi"):
        assert explain(kept) == Explanation("", kept)
        assert str(explain(kept)) == kept
