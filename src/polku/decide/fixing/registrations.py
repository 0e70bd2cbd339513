"""What this part gives to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from polku.decide.fixing.lane import derivation_address, greatest_losses
from polku.journeys import losses
from polku.site import navigation


def register() -> None:
    """Called once, when the program starts."""
    navigation.register(
        navigation.NavigationItem(
            name=_("Fix first"),
            url_name="decide:fix-first",
            order=11,
            key="f",
            covers=(
                "decide:fix-derivation",
                "decide:fix-take",
                "decide:fix-dismiss",
                "decide:fix-input",
                "decide:fix-people",
            ),
        )
    )
    losses.register(greatest_losses, address=derivation_address)
