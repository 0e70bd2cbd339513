"""What the overview of the website gives to the rooms below."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from polku.site import navigation


def register() -> None:
    """Called once, when the program starts."""
    navigation.register(
        navigation.NavigationItem(
            name=pgettext_lazy("navigation", "Web"), url_name="web:overview", order=12, key="w"
        )
    )
