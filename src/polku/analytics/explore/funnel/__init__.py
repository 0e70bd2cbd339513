"""The funnel's page: form, reading, picture, proposals."""

from django.utils.translation import gettext_lazy as _

from polku.analytics.explore import pages
from polku.analytics.explore.funnel.form import FunnelForm
from polku.analytics.explore.funnel.proposals import propose
from polku.analytics.explore.funnel.reading import present

pages.register(
    pages.QuestionPage(
        kind="funnel",
        name=_("Funnel"),
        question=_("How far do customers get, and where do they drop out?"),
        form=FunnelForm,
        present=present,
        propose=propose,
        builder="analytics/explore/funnel/builder.html",
        result="analytics/explore/funnel/result.html",
        order=10,
    )
)
