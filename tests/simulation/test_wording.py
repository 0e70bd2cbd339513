"""Comments read like people's: many, different, in three languages, and fitting what happened."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date
from string import Formatter

import pyarrow.compute as pc
import pytest

from polku.eventstore.port import SignalKind
from polku.simulation import simulate
from polku.simulation.contacting import REASONS
from polku.simulation.phrases import COMMENTS, CONTACTS
from polku.simulation.wording import mood

WORDS = {"tuote", "Tuote", "tuotteen", "tuotetta", "kaupungin", "kaupunkiin", "myymälän", "päivää"}


@pytest.fixture(scope="module")
def texts():
    """(survey or reason, metric, score, text) of everything written."""
    signals = simulate(today=date(2026, 11, 2)).signals
    spoken = signals.filter(pc.is_valid(signals["text"])).select(
        ["kind", "name", "score", "text", "properties"]
    )
    return [
        (
            json.loads(row["properties"])["survey"] if row["kind"] == SignalKind.SCORE else row["name"],
            row["name"],
            row["score"],
            row["text"],
        )
        for row in spoken.to_pylist()
    ]


def test_comments_rarely_repeat(texts):
    comments = [text for _, _, score, text in texts if score is not None]
    questions = [text for _, _, score, text in texts if score is None]
    for written, least in ((comments, 2_000), (questions, 2_000)):
        assert len(set(written)) >= least
        assert max(Counter(written).values()) <= 15


def test_no_brace_and_no_double_space_is_left(texts):
    assert [
        text for *_, text in texts if "{" in text or "}" in text or "  " in text or text != text.strip()
    ] == []


def test_a_payment_that_fails_is_complained_about_and_only_with_low_scores(texts):
    stuck = [score for survey, _, score, text in texts if survey == "maksu" and "iphone" in text.lower()]
    assert len(stuck) > 10
    assert max(stuck) <= 4


def test_late_deliveries_are_complained_about_with_low_scores(texts):
    late = [score for survey, _, score, text in texts if survey == "toimitus" and "myöhäs" in text.lower()]
    assert len(late) > 20
    assert max(late) <= 3


def test_every_question_can_be_answered_in_three_languages_and_every_mood():
    reachable = defaultdict(set)
    for survey, metric, steps in (
        ("tuotesivu", "csat", range(1, 6)),
        ("ostoskori", "ces", range(1, 8)),
        ("kuukausi", "nps", range(11)),
        ("kanta-asiakastiski", "smiley", range(1, 5)),
    ):
        for step in steps:
            reachable[survey].add(mood(metric, step))
    assert (
        reachable["tuotesivu"]
        == reachable["ostoskori"]
        == reachable["kuukausi"]
        == {"hyvä", "keski", "huono"}
    )
    for material in COMMENTS:
        assert set(material) == set(COMMENTS[0])
        for survey, phrases in material.items():
            situations = {
                key for key in COMMENTS[0][survey] if not key.endswith("lisä") and key != "pohjoinen"
            }
            assert situations <= set(phrases), survey


def test_every_reason_can_be_asked_about_in_three_languages():
    for material in CONTACTS:
        assert set(material) == set(REASONS)


def test_phrases_use_only_words_that_are_filled_in():
    for material in (
        *COMMENTS,
        {"contacts": CONTACTS[0]},
        {"contacts": CONTACTS[1]},
        {"contacts": CONTACTS[2]},
    ):
        for phrases in material.values():
            for sentences in phrases.values():
                assert sentences
                for sentence in sentences:
                    assert {name for _, name, _, _ in Formatter().parse(sentence) if name} <= WORDS, sentence
