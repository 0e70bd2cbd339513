"""What the designer gives to the rooms below: search, words, a step of getting started."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from polku.jobs import schedules
from polku.site import checklist, glossary, search
from polku.site.glossary.term import Term
from polku.site.search import Hit, Page, Searcher, best_first, fits
from polku.surveys.domain import remove_deleted_surveys
from polku.surveys.models import Survey

TERMS = (
    Term(
        "survey",
        _("Survey"),
        _(
            "A few questions to customers at the right moment. Each answer belongs to the touchpoint that the survey "
            "is connected to, and to the person and order where they are known."
        ),
        _("What people answer is a published version; the draft can be changed meanwhile."),
        see=("score", "touchpoint", "locked-wording", "anonymous-survey"),
    ),
    Term(
        "task-success",
        _("Task success"),
        _("The share of people who got done what they came for: “Did you get done what you came for?”"),
        _(
            "“Partly” does not count: it stands in the distribution. It tells more of a web page or a service than "
            "satisfaction does."
        ),
        see=("csat", "ces"),
    ),
    Term(
        "fatigue-limit",
        _("Survey fatigue limit"),
        _("How often one person may be asked at most, counted over all surveys of the workspace."),
        _(
            "There may be another limit for each metric. Whoever is within a limit is not asked, by e-mail or on the "
            "web; open links and tablets know nobody and have none."
        ),
        see=("survey",),
    ),
    Term(
        "locked-wording",
        _("Fixed wording"),
        _(
            "Score questions are asked in exactly these words and on this scale, so that results can be compared "
            "over time and with others."
        ),
        _(
            "You write only what stands in the wording, such as your company’s name, in the case that grammar asks for."
        ),
        see=("nps", "csat", "ces", "smiley", "task-success"),
    ),
    Term(
        "anonymous-survey",
        _("Anonymous survey"),
        _(
            "No person, order or address is kept with an answer, and its time only as a day. Figures of fewer than "
            "5 answers, and comments of fewer than 8, are not shown."
        ),
        _(
            "It is settled when the survey is first published and cannot be taken back: what was promised stays true."
        ),
        see=("survey",),
    ),
)


def register() -> None:
    """Called once, when the program starts."""
    glossary.register(TERMS)
    schedules.register("surveys.deleted", at=time(4, 30), work=_remove_deleted)
    search.register(Searcher("surveys", _("Surveys"), "view", _surveys, order=30))
    search.register_page(
        Page(_("New survey"), "surveys:new", "edit", "uusi kysely nps csat ces hymiö template malli lomake")
    )
    checklist.register(
        checklist.Step(
            key="survey",
            title=_("Ask your customers"),
            text=_("A ready-made survey takes a minute: what they say lands beside what they do."),
            url_name="surveys:new",
            is_done=_has_published,
            order=70,
        )
    )


def _remove_deleted() -> None:
    remove_deleted_surveys()


def _has_published(workspace: Any) -> bool:
    return Survey.objects.filter(deleted_at=None).exclude(state=Survey.State.DRAFT).exists()


def _surveys(workspace: Any, request: HttpRequest, text: str) -> Iterable[Hit]:
    """By name; without a text the newest."""
    rows = Survey.objects.filter(deleted_at=None).select_related("touchpoint")
    found = [
        Hit(
            row.name,
            reverse("surveys:design", kwargs={"workspace": workspace.slug, "survey": row.pk}),
            " · ".join(
                str(part)
                for part in (row.get_state_display(), row.touchpoint.name if row.touchpoint else "")
                if part
            ),
        )
        for row in rows
        if fits(text, row.name)
    ]
    return best_first(found, text)
