"""Targeting in plain words: one sentence that says whom the survey asks."""

from __future__ import annotations

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from polku.site.formats import number
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
    if targeting.share == 1:
        return {
            "all": _("all visitors"),
            "phone": _("all visitors with a phone or a tablet"),
            "computer": _("all visitors with a computer"),
        }[targeting.device]
    some = {
        "all": _("%(share)s %% of visitors"),
        "phone": _("%(share)s %% of visitors with a phone or a tablet"),
        "computer": _("%(share)s %% of visitors with a computer"),
    }[targeting.device]
    return some % {
        "share": number(targeting.share * 100, (get_language() or "fi")[:2], 0 if _is_whole(targeting) else 1)
    }


def _is_whole(targeting: Targeting) -> bool:
    return abs(targeting.share * 100 - round(targeting.share * 100)) < 0.05


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
