"""The page of trends: how much there was of something, what was going on meanwhile, and whether it changed."""

from django.utils.translation import gettext_lazy as _

from polku.analytics.explore import pages
from polku.analytics.explore.trend.form import TrendForm
from polku.analytics.explore.trend.proposals import propose
from polku.analytics.explore.trend.reading import present

pages.register(
    pages.QuestionPage(
        kind="trend",
        name=_("Trend"),
        question=_("How much is there, and is it changing?"),
        form=TrendForm,
        present=present,
        propose=propose,
        builder="analytics/explore/trend/builder.html",
        result="analytics/explore/trend/result.html",
        order=40,
    )
)
