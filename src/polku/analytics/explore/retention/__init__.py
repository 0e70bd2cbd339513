"""The page of retention: who comes back, and how soon."""

from django.utils.translation import gettext_lazy as _

from polku.analytics.explore import pages
from polku.analytics.explore.retention.form import RetentionForm
from polku.analytics.explore.retention.proposals import propose
from polku.analytics.explore.retention.reading import present

pages.register(
    pages.QuestionPage(
        kind="retention",
        name=_("Coming back"),
        question=_("Who comes back, and how soon?"),
        form=RetentionForm,
        present=present,
        propose=propose,
        builder="analytics/explore/retention/builder.html",
        result="analytics/explore/retention/result.html",
        order=30,
    )
)
