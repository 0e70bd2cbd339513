"""Counting what customers are worth in the background, and what was counted last.

A page reads the kept document, however old, and asks for a newer one where the data is newer: a fit takes seconds, and
with a million customers half a minute.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.analytics import QueryError, run
from polku.analytics.money import MoneyTerms, money_terms
from polku.decide.customers.bad_experience import bad_experience
from polku.decide.customers.choosing import Choice, choice_named
from polku.decide.models import KeptCustomers
from polku.eventstore.port import StoreError
from polku.eventstore.registry import store
from polku.jobs.models import Job
from polku.jobs.queue import enqueue
from polku.jobs.registry import Progress

JOB = "decide.customers"
LANE = "customers"
_LEAST_PAUSE, _TIMES_AS_LONG, _LONGEST_PAUSE = 10.0, 5.0, 900.0
"""Seconds between two counts while signals pour in: five times as long as one takes."""
_FORM = 2
"""Of the document: a newer program counts anew what an older one kept in another form."""
_NO_VERSION = -1
"""Of data that could not be counted: never the newest."""

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Kept:
    """`document` None: it is being counted for the first time. Not `is_newest`: a newer one is being counted, or will
    be when somebody looks again."""

    document: Document | None
    is_newest: bool
    counted_at: dt.datetime | None


def kept_customers(workspace: Workspace, choice: Choice, *, ask: bool = True) -> Kept:
    """What is kept of this choice. Side effect with `ask`: where the data is newer, a count is put in the queue."""
    terms = _terms_mark(workspace, money_terms(workspace))
    version = store().state(workspace.key.hex).version
    with scope(workspace=workspace):
        found = KeptCustomers.objects.filter(question=choice.name).first()
    if found is None or found.terms != terms:
        if ask:
            _ask_for(workspace, choice)
        return Kept(None, False, None)
    is_newest = found.version == version
    if not is_newest and ask:
        pause = min(max(_LEAST_PAUSE, _TIMES_AS_LONG * found.seconds), _LONGEST_PAUSE)
        if (timezone.now() - found.counted_at).total_seconds() > pause:
            _ask_for(workspace, choice)
    return Kept(found.document, is_newest, found.counted_at)


def is_being_counted(workspace: Workspace, choice: Choice) -> bool:
    """Whether a count waits or is under way."""
    return Job.objects.filter(
        kind=JOB,
        workspace_id=workspace.pk,
        payload={"choice": choice.name},
        state__in=[Job.State.WAITING, Job.State.RUNNING],
    ).exists()


def _ask_for(workspace: Workspace, choice: Choice) -> None:
    if not is_being_counted(workspace, choice):
        with transaction.atomic():
            enqueue(kind=JOB, workspace_id=workspace.pk, payload={"choice": choice.name})


def work(workspace_id: int, payload: dict[str, Any], progress: Progress) -> None:
    """The job: count and keep. A workspace that is gone by now is none of its business."""
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is not None:
        count_customers(workspace, choice_named(str(payload.get("choice", ""))))


def count_customers(workspace: Workspace, choice: Choice) -> Document:
    """Count the document of this choice and keep it, in one short write at the end.

    {"clv", "churn" (of buyers), "contracts" (null without any), "bad_experience", "has_margin", "problem" (null, or
    why nothing could be counted)}. Where the store gives up what was kept before stays, and after a pause it is tried
    again.
    """
    begun = time.monotonic()
    terms = money_terms(workspace)
    mark, version = _terms_mark(workspace, terms), store().state(workspace.key.hex).version
    with scope(workspace=workspace), translation.override(workspace.language):
        try:
            document = _counted(workspace, choice, terms)
        except QueryError as error:
            document = {"problem": str(error)}
        except StoreError as error:
            document, version = {"problem": str(error)}, _NO_VERSION
        took = {"counted_at": timezone.now(), "seconds": time.monotonic() - begun}
        kept = KeptCustomers.objects.filter(question=choice.name, terms=mark)
        if version != _NO_VERSION or not kept.update(**took):
            KeptCustomers.objects.update_or_create(
                workspace=workspace,
                question=choice.name,
                defaults={"terms": mark, "version": version, "document": document, **took},
            )
    return document


def _counted(workspace: Workspace, choice: Choice, terms: MoneyTerms | None) -> dict[str, Any]:
    clv = run(
        workspace,
        {
            "kind": "clv",
            "horizon_days": choice.days,
            # Before the questions are answered it is the orders' own sums that are counted, and called so.
            "margin": terms.margin_of(1.0) if terms else 1.0,
            "discount": choice.discount,
        },
    )
    contracts = _contracts(workspace)
    return {
        "problem": None,
        "has_margin": terms is not None,
        "clv": clv,
        "churn": run(workspace, {"kind": "churn", "mode": "purchase"}) if clv["model"] else None,
        "contracts": contracts,
        "bad_experience": bad_experience(workspace, clv),
    }


def _contracts(workspace: Workspace) -> dict[str, object] | None:
    """Churn of the last twelve months up to the newest data; None where nobody has a contract."""
    whole = run(workspace, {"kind": "churn", "mode": "contractual"})
    if not whole["customers"]:
        return None
    until = dt.date.fromisoformat(str(whole["until"]))
    end = until + dt.timedelta(days=1)
    year = {"from": _a_year_before(end).isoformat(), "to": end.isoformat()}
    answer = run(workspace, {"kind": "churn", "mode": "contractual", "range": year})
    # How it goes month by month is told from all that is known.
    return {**answer, "from": year["from"], "months": whole["months"], "monthly": whole["monthly"]}


def _a_year_before(day: dt.date) -> dt.date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _terms_mark(workspace: Workspace, terms: MoneyTerms | None) -> str:
    """What the document depends on beside the data, as a mark of 64 letters."""
    margin = terms.margin_of(1.0) if terms else None
    told = repr((_FORM, margin, sorted(workspace.cancelled_states), workspace.timezone))
    return hashlib.sha256(told.encode()).hexdigest()
