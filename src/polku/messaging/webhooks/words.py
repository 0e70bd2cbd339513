"""Why a delivery failed, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _


def why_in_words(why: str, status: int | None = None) -> str:
    """One sentence on a word of `client.Why`; "" for none."""
    texts = {
        "address": lambda: _(
            "Give a whole address that begins with https://, without a name or password in it."
        ),
        "port": lambda: _("Use the usual port of https, or one from 1024 up."),
        "http": lambda: _(
            "The address must begin with https://, so that nobody on the way reads or changes what is sent."
        ),
        "own_network": lambda: _(
            "The address leads into a private network. Whoever runs the server can allow it with "
            "POLKU_WEBHOOK_NETWORKS."
        ),
        "name": lambda: _("The address’s name leads nowhere."),
        "connection": lambda: _("The receiver could not be reached."),
        "certificate": lambda: _("The receiver’s certificate is not valid."),
        "time": lambda: _("The receiver did not answer in time."),
        "no_http": lambda: _("The receiver did not answer as a web server does."),
        "redirect": lambda: _(
            "The receiver sent us on to another address, which is not followed. Give that address."
        ),
        "status": lambda: _("The receiver answered with an error (%s).") % (status or ""),
        "gone": lambda: _("The receiver said that it wants no more (410)."),
        "off": lambda: _("The webhook was switched off meanwhile."),
    }
    return texts[why]() if why in texts else ""
