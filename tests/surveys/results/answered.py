"""Surveys that people answered, made with the models: what results are counted from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from django_scopes import scope

from polku.accounts.models import Workspace
from polku.surveys.definition.questions import (
    Csat,
    Definition,
    LongText,
    Multiple,
    Nps,
    Option,
    Single,
    to_data,
)
from polku.surveys.links import add_link
from polku.surveys.models import Response, Survey, SurveyLink, SurveyVersion

MOMENT = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)


def option(key: str, fi: str, en: str = "", value: float | None = None) -> Option:
    return Option(key=key, text={"fi": fi, "en": en or fi}, value=value)


SHOP = Definition(
    title={"fi": "Oston jälkeen", "en": "After the purchase"},
    languages=("fi", "en"),
    fields=("store",),
    questions=(
        Nps(key="recommend", text={}),
        LongText(key="why", text={"fi": "Miksi?", "en": "Why?"}),
        Csat(key="satisfied", text={}),
        Single(
            key="where",
            text={"fi": "Missä asioit?", "en": "Where?"},
            options=(option("shop", "Myymälässä", "In a shop"), option("web", "Verkossa", "On the web")),
            other=True,
        ),
        Multiple(
            key="liked",
            text={"fi": "Mistä pidit?", "en": "What did you like?"},
            options=(option("price", "Hinta", "Price"), option("range", "Välikoima", "Range")),
        ),
    ),
)


def make_survey(
    workspace: Workspace,
    definition: Definition = SHOP,
    *,
    key: str = "",
    name: str = "Oston jälkeen",
    **more: Any,
) -> Survey:
    """A survey that is open, with its first version and an open link called “Avoin”."""
    with scope(workspace=workspace):
        survey = Survey.objects.create(
            workspace=workspace,
            key=key or f"survey-{uuid4().hex[:8]}",
            name=name,
            state=Survey.State.OPEN,
            draft=to_data(definition),
            **more,
        )
        publish(survey, definition)
        add_link(survey=survey, kind=SurveyLink.Kind.OPEN, name="Avoin")
    return survey


def publish(survey: Survey, definition: Definition) -> SurveyVersion:
    number = SurveyVersion.objects.filter(survey=survey).count() + 1
    return SurveyVersion.objects.create(
        workspace=survey.workspace, survey=survey, number=number, definition=to_data(definition)
    )


def answer(survey: Survey, rows: Iterable[Mapping[str, Any]]) -> list[Response]:
    """One response of the newest version a row: what is named as a question is an answer, what is named as a field of
    the model is that; `at` is when it was completed."""
    with scope(workspace=survey.workspace):
        version = SurveyVersion.objects.filter(survey=survey).latest("number")
        link = SurveyLink.objects.filter(survey=survey).earliest("pk")
        known = {field.name for field in Response._meta.get_fields()}
        asked = {question["key"] for question in version.definition.get("questions", ())}
        made = []
        for row in rows:
            at = row.get("at", MOMENT)
            given = {name: value for name, value in row.items() if name.partition(".")[0] in asked}
            more = {name: value for name, value in row.items() if name in known and name not in given}
            state = more.pop("state", Response.State.COMPLETED)
            made.append(
                Response(
                    **{"workspace": survey.workspace, "survey": survey, "version": version, "link": link}
                    | {"number": uuid4().hex, "language": "fi", "channel": "web", "answers": given}
                    | {"state": state, "started_at": at, "changed_at": at}
                    | {"completed_at": at if state == Response.State.COMPLETED else None}
                    | more
                )
            )
        return Response.objects.bulk_create(made, batch_size=500)
