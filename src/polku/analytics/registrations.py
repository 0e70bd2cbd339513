"""What questions give to the rooms below, and the pages of this room's own kinds."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from polku.accounts import audit_words
from polku.analytics import searching
from polku.site import navigation


def register() -> None:
    """Called once, when the program starts (models may be imported only then)."""
    from polku.analytics.explore import (  # noqa: F401 - each registers its page
        funnel,
        paths,
        retention,
        trend,
    )

    navigation.register(
        navigation.NavigationItem(
            name=pgettext_lazy("navigation", "Explore"), url_name="explore:index", order=15, key="e"
        )
    )
    searching.register()
    searching.register()
    audit_words.register_things({"annotation": _("annotation"), "question": _("saved question")})
