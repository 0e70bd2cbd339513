"""The page of paths: what customers really do one after another."""

from django.utils.translation import gettext_lazy as _

from polku.analytics.explore import pages
from polku.analytics.explore.paths.form import PathsForm
from polku.analytics.explore.paths.proposals import propose
from polku.analytics.explore.paths.reading import present

pages.register(
    pages.QuestionPage(
        kind="paths",
        name=_("Paths"),
        question=_("Which way do customers really go?"),
        form=PathsForm,
        present=present,
        propose=propose,
        builder="analytics/explore/paths/builder.html",
        result="analytics/explore/paths/result.html",
        order=20,
    )
)
