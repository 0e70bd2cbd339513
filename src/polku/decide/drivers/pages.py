"""The page of drivers among the pages of questions: kept, shared and exported as they are."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from polku.analytics.explore.pages import QuestionPage
from polku.decide.drivers.form import DriversForm
from polku.decide.drivers.reading import present

DRIVERS = QuestionPage(
    kind="drivers",
    name=_("Drivers"),
    question=_("What goes with satisfaction?"),
    form=DriversForm,
    present=present,
    builder="decide/drivers/builder.html",
    result="decide/drivers/result.html",
    empty="decide/drivers/empty.html",
    frame="decide/drivers/page.html",
    url_name="decide:drivers",
    order=80,
)
