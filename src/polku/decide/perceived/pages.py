"""The page of perceived value among the pages of questions: kept, shared and exported as they are."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from polku.analytics.explore.pages import QuestionPage
from polku.decide.perceived.form import PerceivedForm
from polku.decide.perceived.reading import present

PERCEIVED = QuestionPage(
    kind="perceived_value",
    name=_("Perceived value"),
    question=_("What do customers get, and what does it cost them?"),
    form=PerceivedForm,
    present=present,
    builder="decide/perceived/builder.html",
    result="decide/perceived/result.html",
    empty="decide/perceived/empty.html",
    frame="decide/perceived/page.html",
    url_name="decide:perceived-value",
    order=90,
)
