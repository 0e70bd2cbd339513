"""How many of those who were asked answered, by AAPOR's names.

Only people who were invited have a response rate: of a link that anybody may open nobody knows how many saw it. Open
links, web pages and tablets have participation (completed of shown) and completion (completed of begun).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from polku.statistics import Estimate, ResponseRate, completion, participation, response_rate
from polku.surveys.models import Invitation, LinkDay, Response, Survey, SurveyLink

INVITING = (SurveyLink.Kind.EMAIL, SurveyLink.Kind.MOMENT)
"""Links that only invited people have."""


@dataclass(frozen=True)
class Invited:
    """People who were invited, by AAPOR's dispositions; `waiting` have not been asked yet and do not count."""

    dispositions: Mapping[str, int]
    waiting: int
    rate: ResponseRate | None


@dataclass(frozen=True)
class Offered:
    """A survey as anybody could open it. `displays` are at least as many as were begun: pages are counted once they are
    drawn, answers may come from tablets that were offline. None where there was nothing."""

    displays: int
    starts: int
    completes: int
    participation: Estimate | None
    completion: Estimate | None


@dataclass(frozen=True)
class Rates:
    invited: Invited | None
    offered: Offered | None


def rates_of(survey: Survey) -> Rates:
    """Test links and test answers do not count, nor do held answers where anybody could open the survey."""
    return Rates(_invited(survey), _offered(survey))


def dispositions_of(survey: Survey) -> tuple[dict[str, int], int]:
    """(AAPOR's dispositions of the invited, how many still wait).

    I completed · P answered in part · R declined, or opened the survey and answered nothing · NC the message could not
    be sent · UO it came back, or nothing is known. Who was left out before sending was not asked.
    """
    states = Invitation.State
    answered = {"response__is_test": False}
    rows = (
        Invitation.objects.filter(survey=survey)
        .exclude(link__kind=SurveyLink.Kind.TEST)
        .aggregate(
            I=Count("pk", filter=Q(response__state=Response.State.COMPLETED, **answered)),
            P=Count("pk", filter=Q(response__state=Response.State.PARTIAL, **answered)),
            opened=Count("pk", filter=Q(response__state=Response.State.STARTED, **answered)),
            declined=Count("pk", filter=Q(state=states.DECLINED, response=None)),
            NC=Count("pk", filter=Q(state=states.FAILED, response=None)),
            UO=Count("pk", filter=Q(state__in=(states.SENT, states.BOUNCED), response=None)),
            waiting=Count("pk", filter=Q(state=states.WAITING, response=None)),
        )
    )
    waiting = rows.pop("waiting")
    if survey.is_anonymous:
        _count_unnamed(survey, rows)
    rows["R"] = rows.pop("opened") + rows.pop("declined")
    return rows, waiting


def _count_unnamed(survey: Survey, rows: dict[str, int]) -> None:
    """Nothing says which answer is whose: those that came by the links of invitations are counted together, and whose
    invitation was used is no longer among those of whom nothing is known."""
    used = Invitation.objects.filter(survey=survey, is_answered=True).exclude(link__kind=SurveyLink.Kind.TEST)
    answered = Response.objects.filter(survey=survey, link__kind__in=INVITING, is_test=False).aggregate(
        I=Count("pk", filter=Q(state=Response.State.COMPLETED)),
        P=Count("pk", filter=Q(state=Response.State.PARTIAL)),
    )
    invited = used.count()
    rows["I"] = min(invited, answered["I"])
    rows["P"] = min(invited - rows["I"], answered["P"])
    silent = used.aggregate(
        declined=Count("pk", filter=Q(state=Invitation.State.DECLINED)),
        NC=Count("pk", filter=Q(state=Invitation.State.FAILED)),
        UO=Count("pk", filter=Q(state__in=(Invitation.State.SENT, Invitation.State.BOUNCED))),
    )
    for name, number in silent.items():
        rows[name] -= number
    rows["opened"] += invited - rows["I"] - rows["P"]


def _invited(survey: Survey) -> Invited | None:
    dispositions, waiting = dispositions_of(survey)
    asked = sum(dispositions.values())
    if not asked and not waiting:
        return None
    return Invited(dispositions, waiting, response_rate(**dispositions) if asked else None)


def _offered(survey: Survey) -> Offered | None:
    open_links = ~Q(link__kind__in=(*INVITING, SurveyLink.Kind.TEST))
    shown = LinkDay.objects.filter(open_links, link__survey=survey).aggregate(
        displays=Sum("displays", default=0), starts=Sum("starts", default=0)
    )
    answers = (
        Response.objects.filter(survey=survey, invitation=None, is_test=False)
        .exclude(link__kind__in=(*INVITING, SurveyLink.Kind.TEST))
        .aggregate(
            begun=Count("pk", filter=Q(is_held=False)),
            completes=Count("pk", filter=Q(is_held=False, state=Response.State.COMPLETED)),
            held=Count("pk", filter=Q(is_held=True)),
        )
    )
    # Held answers were seen and begun, too: left among those, they would pass for people who gave up.
    completes = answers["completes"]
    starts = max(shown["starts"] - answers["held"], answers["begun"])
    displays = max(shown["displays"] - answers["held"], starts)
    if not displays:
        return None
    return Offered(
        displays,
        starts,
        completes,
        # Where displays were never counted (an import, a tablet), a share of them would say nothing.
        participation(completes=completes, displays=displays) if shown["displays"] else None,
        completion(completes=completes, starts=starts) if starts else None,
    )
