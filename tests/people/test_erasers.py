"""Nobody's traces are forgotten when a room gets a new model: whatever may name a customer has an eraser."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone
from django_scopes import scope

from polku.messaging.domain import send_email
from polku.messaging.models import Message
from polku.people.erasing import erasers
from polku.surveys import domain as surveys
from polku.surveys.inviting.domain import invite
from polku.surveys.inviting.texts import make_email_link
from polku.surveys.models import Ask, Invitation, Response
from polku.surveys.moments.fatigue import note_ask

NAMES = {"person", "email", "recipient", "recipient_digest", "contact", "address", "phone"}
"""Of fields that say who a customer is."""
NOT_OF_CUSTOMERS = {
    "accounts.User": "people of the company, who use Polku",
    "messaging.SenderIdentity": "the company's own address",
}


def models_that_name_customers() -> set[str]:
    return {
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith("polku.")
        and any(
            field.name in NAMES or isinstance(field, models.EmailField)
            for field in model._meta.get_fields()
            if isinstance(field, models.Field) and not field.is_relation
        )
    }


def test_every_model_that_names_a_customer_has_an_eraser():
    assert models_that_name_customers() - set(NOT_OF_CUSTOMERS) == set(erasers())


@pytest.fixture
def survey(workspace, owner):
    made = surveys.create_survey(workspace=workspace, template="nps", name="Suosittelu", actor=owner)
    surveys.publish_survey(survey=made, actor=owner)
    made.refresh_from_db()
    return made


def test_a_persons_rows_go_and_nobody_elses(workspace, survey):
    with scope(workspace=workspace):
        link = make_email_link(survey)
        for name in ("maija", "pekka"):
            send_email(
                workspace=workspace, to=f"{name}@example.com", subject="Hei", text="Hei", html="", kind="note"
            )
            note_ask(
                workspace=workspace,
                ids=[f"{name}@example.com"],
                survey=survey,
                metrics=["nps"],
                at=timezone.now(),
            )
            invite(survey=survey, link=link, email=f"{name}@example.com", person=f"{name}-1")
            for place, known in enumerate((f"{name}-1", f"{name}@example.com")):
                Response.objects.create(
                    workspace=workspace,
                    survey=survey,
                    version=survey.versions.get(),
                    link=link,
                    number=f"{name}{place}".ljust(32, "0"),
                    language="fi",
                    person=known if place == 0 else "",
                    contact=known if place == 1 else "",
                    started_at=timezone.now(),
                    changed_at=timezone.now(),
                )
    ids = ["maija-1", "Maija@Example.com", "", "laite-9"]
    erased = {name: erase(workspace, ids) for name, erase in erasers().items()}
    assert {name: count > 0 for name, count in erased.items()} == dict.fromkeys(erasers(), True)
    with scope(workspace=workspace):
        assert list(Invitation.objects.values_list("email", flat=True)) == ["pekka@example.com"]
        assert list(Message.objects.values_list("recipient", flat=True)) == ["pekka@example.com"]
        assert Response.objects.filter(number__startswith="maija").count() == 0
        assert Response.objects.count() == 2
        assert Ask.objects.count() == 1
    assert {erase(workspace, ids) for erase in erasers().values()} == {0}


def test_who_wrote_their_address_as_an_answer_is_the_person(workspace, survey):
    """That answer is all that says whose the response is where a question joins by it."""
    answered = {
        "a": {"answers": {"osoite": "Maija@Example.com"}},
        "b": {"contact": "MAIJA@example.com"},
        "c": {"answers": {"osoite": "maija@example.com.au"}},
        "d": {"answers": {"miksi": "Kysykää: maija@example.com"}},
        "e": {"answers": {"osoite": "pekka@example.com"}},
    }
    with scope(workspace=workspace):
        for number, fields in answered.items():
            Response.objects.create(
                workspace=workspace,
                survey=survey,
                version=survey.versions.get(),
                number=number * 32,
                language="fi",
                started_at=timezone.now(),
                changed_at=timezone.now(),
                **fields,
            )
        assert erasers()["surveys.Response"](workspace, ["maija@example.com", "laite-9"]) == 2
        left = Response.objects.order_by("number").values_list("number", flat=True)
        assert [number[0] for number in left] == ["c", "d", "e"]
