"""The page of perceived value: from the survey as customers answer it, from brought answers, and before there are."""

from __future__ import annotations

import secrets
from datetime import UTC

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from polku.analytics.kinds.perceived_value import ITEMS
from polku.capture.draining import drain
from polku.surveys.answering.domain import submit
from tests.decide.drivers.answered import START, tell


@pytest.fixture
def open_page(owner_client: Client, workspace):
    owner_client.cookies["django_language"] = "en"
    base = reverse("decide:perceived-value", kwargs={"workspace": workspace.slug})

    def opened(query="", **parameters):
        return owner_client.get(base + query, parameters)

    return opened


def said(n, seed=3):
    """Answers to the twelve questions: functional value is high, economic weighs most; the outcome goes with joy."""
    random = np.random.default_rng(seed)
    benefit = np.clip(np.round(random.normal([5, 8, 6, 4], 1.5, (n, 4))), 0, 10)
    sacrifice = np.clip(np.round(random.normal([5, 3, 3, 2], 1.5, (n, 4))), 0, 10)
    weights = random.multinomial(100, [0.5, 0.2, 0.2, 0.1], n)
    outcome = np.clip(np.round(4 + (benefit - sacrifice)[:, 2] * 0.8 + random.normal(0, 1, n)), 0, 10)
    return np.column_stack([benefit, sacrifice, weights]), outcome


def bring(store, workspace, n=150, *, names=ITEMS, **more):
    answers, outcome = said(n)
    columns = dict(zip(names, answers.T, strict=True)) | {"overall": outcome}
    scales = {
        name: (0, 100) if item.endswith("weight") else (0, 10)
        for item, name in zip(ITEMS, names, strict=True)
    }
    metrics = dict.fromkeys(columns, "recommend") | {"overall": "nps"}
    tell(store, workspace, columns, scales=scales | {"overall": (0, 10)}, metrics=metrics, **more)


def test_before_anybody_was_asked(workspace, open_page):
    text = open_page().content.decode()
    assert "Nobody was asked yet what they get and what they give up" in text
    assert f"{reverse('surveys:new', kwargs={'workspace': workspace.slug})}?template=value" in text


def test_what_it_says_and_shows(store, workspace, open_page):
    bring(store, workspace, properties=lambda k: {"shop": "Oulu" if k % 6 else "Turku"}, hours=12)
    text = open_page(breakdown="shop").content.decode()
    assert "Customers feel that they get more than they give up." in text
    assert "Most of it comes from the functional dimension" in text
    assert "least from the economic one" in text
    assert "Customers say that the economic dimension matters most" in text
    assert "With “NPS” goes most of all the emotional dimension" in text
    assert "value-chart" in text
    assert "Perceived value by shop" in text
    assert "Groups of fewer than 30 answers are drawn hollow" in text
    assert "Perceived value month by month" in text
    assert "€" not in text.split("value-figures")[1].split("program")[0]


def test_questions_that_are_called_otherwise(store, workspace, open_page):
    names = [f"Question {number}" for number in range(12)]
    bring(store, workspace, 40, names=names)
    assert "Nobody was asked yet" in open_page().content.decode()
    chosen = dict(zip(ITEMS, names, strict=True))
    some = {item: name for item, name in chosen.items() if not item.startswith("symbolic")}
    text = open_page(**some).content.decode()
    assert "Not found: Symbolic: benefit, Symbolic: sacrifice." in text
    text = open_page(**chosen).content.decode()
    assert "Customers feel that they get more" in text
    assert "need at least 100 people" in text
    # A reader finds the same by the address, and in the file.
    assert "economic_benefit=Question+0" in open_page(**chosen).context["state"]


def test_few_answers_have_no_interval(store, workspace, open_page):
    bring(store, workspace, 12)
    text = open_page().content.decode()
    assert "of 12 answers only: too few to be sure of anything" in text
    assert "value-index is-small" in text
    assert "probably" not in text.split("value-figures")[1].split("</div>")[0]


def test_the_survey_as_customers_answer_it(store, workspace, open_page, owner):
    from polku.surveys import domain

    with scope(workspace=workspace):
        survey = domain.create_survey(
            workspace=workspace, template="value", name="", actor=owner, is_anonymous=False
        )
        domain.publish_survey(survey=survey, actor=owner)
        link = survey.links.first()
        answers, outcome = said(2)
        for row, nps in zip(answers, outcome, strict=True):
            benefits = {item: f"p{int(row[place])}" for place, item in enumerate(ITEMS[:4])}
            sacrifices = {item: f"p{int(row[4 + place])}" for place, item in enumerate(ITEMS[4:8])}
            points = {
                item.removesuffix("_weight"): int(row[8 + place]) for place, item in enumerate(ITEMS[8:])
            }
            given = {"benefits": benefits, "sacrifices": sacrifices, "weights": points, "nps": int(nps)}
            submit(
                link=link,
                number=secrets.token_hex(16),
                answers=given,
                at=START.replace(tzinfo=UTC),
                language="en",
            )
    drain()
    text = open_page().content.decode()
    assert "of 2 answers only" in text
    assert "Nobody has stated weights" not in text


def test_nothing_in_the_address_breaks_it(store, workspace, open_page):
    bring(store, workspace, 40)
    for query in (
        "?breakdown=segments",
        "?breakdown=touchpoint",
        "?breakdown=%00",
        "?outcome=nonsense",
        "?outcome=||||order.on_time",
        "?outcome=csat|x|y|7|",
        "?economic_benefit=" + "x" * 3_000,
        "?economic_benefit=functional_benefit&range=7",
        "?segment=nobody&compare=previous",
    ):
        assert open_page(query).status_code in (200, 302), query
