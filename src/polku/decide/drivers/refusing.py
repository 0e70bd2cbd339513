"""Why drivers are not told, in plain words, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from polku.accounts.access import allows
from polku.decide.drivers.form import DriversForm
from polku.decide.drivers.zones import quoted
from polku.site.formats import Reader

if TYPE_CHECKING:
    from polku.accounts.access import WorkspaceRequest


@dataclass(frozen=True)
class Way:
    """Something to do about it; `address` leads there, "" where nothing does."""

    words: str
    address: str = ""


@dataclass(frozen=True)
class Refusal:
    reading: str
    why: str
    ways: Sequence[Way]
    new_survey: str


def refusal(
    answer: Mapping[str, Any], form: DriversForm, request: WorkspaceRequest, reader: Reader
) -> Refusal:
    """The sentence, the reason behind it, and ways on, the cheapest first."""
    here = reverse("decide:drivers", kwargs={"workspace": request.workspace.slug})
    survey = (
        reverse("surveys:new", kwargs={"workspace": request.workspace.slug})
        if allows(request.membership.role, "edit")
        else ""
    )
    reason = answer["refused"]["reason"]
    names = ", ".join(map(quoted, answer["refused"]["names"]))
    if reason == "constant":
        reading = _("Nothing can be said yet: everybody answered the same to %(names)s.") % {"names": names}
        why = _("What does not vary cannot go with anything. Leave it out, or look at more answers.")
        return Refusal(reading, why, _dropping(answer["refused"]["names"], form, request), "")
    if reason == "dependent":
        reading = _("Nothing can be said: one of these follows from the others.")
        why = _("Two that always say the same cannot be told apart. Leave one of them out.")
        return Refusal(reading, why, (), "")
    people, least = answer["people"], answer["least_n"]
    reading = _(
        "Too few answers yet: %(people)s people have all of these, and at least %(least)s are needed."
    ) % {
        "people": reader.number(people),
        "least": reader.number(least),
    }
    why = _(
        "With %(number)d drivers, importance worked out of fewer would be chance. Only those count of whom the "
        "outcome and every driver are known."
    ) % {"number": len(answer["drivers"])}
    ways: list[Way] = []
    if len(answer["drivers"]) > 1:
        best = max(answer["drivers"], key=lambda row: row["without"])
        if best["without"] > answer["n"]:
            words = _("Leave out “%(name)s”, which fewest have: then there are %(number)s.") % {
                "name": best["name"],
                "number": reader.number(best["without"]),
            }
            ways.append(Way(words, without(best["name"], form, request)))
    if form.period.first is not None:
        everything = [pair for pair in form.parameters() if pair[0] not in ("range", "from", "to")]
        ways.append(
            Way(_("Look at all data instead of the chosen period."), f"{here}?{urlencode(everything)}")
        )
    return Refusal(reading, why, ways, survey)


def _dropping(names: Sequence[str], form: DriversForm, request: WorkspaceRequest) -> list[Way]:
    drivers = {name for _value, name in form.driver_names}
    return [
        Way(_("Leave out “%(name)s”.") % {"name": name}, without(name, form, request))
        for name in names
        if name in drivers and len(drivers) > 1
    ]


def without(name: str, form: DriversForm, request: WorkspaceRequest) -> str:
    """The address of the same question without the driver of that name."""
    here = reverse("decide:drivers", kwargs={"workspace": request.workspace.slug})
    gone = [("driver", value) for value, called in form.driver_names if called == name]
    return f"{here}?{urlencode([pair for pair in form.parameters() if pair not in gone])}"
