"""Targeting in plain words: one sentence that says whom the survey asks."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.surveys.onsite.targeting import Targeting

_MOST_NAMED = 3


def sentence_of(targeting: Targeting) -> str:
    """“Asks 20 % of visitors on /kassa/* after 15 seconds, the same visitor at most once in 30 days.”"""
    return _("Asks %(whom)s %(where)s %(when)s, %(how_often)s.") % {
        "whom": _whom(targeting),
        "where": _where(targeting),
        "when": _when(targeting),
        "how_often": ngettext(
            "the same visitor at most once a day",
            "the same visitor at most once in %(days)d days",
            targeting.days,
        )
        % {"days": targeting.days},
    }


def _whom(targeting: Targeting) -> str:
    share = f"{targeting.share * 100:g}"
    people = {
        "all": _("visitors"),
        "phone": _("visitors with a phone or a tablet"),
        "computer": _("visitors with a computer"),
    }[targeting.device]
    if targeting.share == 1:
        return _("all %(people)s") % {"people": people}
    return _("%(share)s %% of %(people)s") % {"share": share, "people": people}


def _where(targeting: Targeting) -> str:
    if targeting.pages:
        where = _("on the pages %(pages)s") % {"pages": _named(targeting.pages)}
    else:
        where = _("on all pages")
    if targeting.not_pages:
        where += " " + _("(not on %(pages)s)") % {"pages": _named(targeting.not_pages)}
    return where


def _named(patterns: list[str]) -> str:
    named = ", ".join(patterns[:_MOST_NAMED])
    return named + (" …" if len(patterns) > _MOST_NAMED else "")


def _when(targeting: Targeting) -> str:
    match targeting.when:
        case "scroll":
            return _("when %(percent)d %% of the page has been seen") % {"percent": targeting.scroll}
        case "event":
            return _("when “%(event)s” happens") % {"event": targeting.event}
        case "exit":
            return _("when they are about to leave")
    if targeting.seconds == 0:
        return _("at once")
    return ngettext("after %(seconds)d second", "after %(seconds)d seconds", targeting.seconds) % {
        "seconds": targeting.seconds
    }
