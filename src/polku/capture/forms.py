"""Forms of the pages about sources. The rules are the domain's; forms only carry them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from polku.capture.domain.sources import LONGEST_NAME, MOST_HOURS
from polku.capture.models import SourceSettings
from polku.capture.queries import Source
from polku.capture.sources.words import length

_LONGEST_ADDRESSES = 20_000
LONGEST_RAW = 65_536
"""Characters of one bad row: as many as are kept of what came."""


class SourceForm(forms.Form):
    name = forms.CharField(label=_("Name of the source"), max_length=LONGEST_NAME, required=False)
    alarm = forms.ChoiceField(label=_("Tell on every page"), widget=forms.RadioSelect)
    silent_hours = forms.IntegerField(
        label=_("Hours of silence"), required=False, min_value=1, max_value=MOST_HOURS
    )

    def __init__(self, data: Any = None, *, source: Source) -> None:
        chosen = source.settings or SourceSettings()
        super().__init__(
            data,
            initial={"name": chosen.name, "alarm": chosen.alarm, "silent_hours": chosen.silent_hours},
        )
        self.fields["name"].widget.attrs["placeholder"] = source.usual_name
        usual = source.usual_threshold
        words: Any
        if usual is None:
            words = _("as usual: never, because it does not send by itself")
        else:
            words = _("as usual: after %(time)s of silence, by the source’s own rhythm") % {
                "time": length(usual)
            }
        alarms = {
            SourceSettings.Alarm.RHYTHM: words,
            SourceSettings.Alarm.HOURS: _("after as many hours of silence as I say"),
            SourceSettings.Alarm.NEVER: _("never"),
        }
        self.fields["alarm"].choices = list(alarms.items())  # type: ignore[attr-defined]


class CaptureForm(forms.Form):
    own_addresses = forms.CharField(
        label=_("Addresses of the company"),
        help_text=_(
            "One IP address or network a line, for example 192.0.2.7 or 192.0.2.0/24. What comes from them is counted "
            "as own traffic and left out."
        ),
        max_length=_LONGEST_ADDRESSES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
    )
    is_cookieless = forms.BooleanField(label=_("Count visitors without cookies"), required=False)


class MendForm(forms.Form):
    row = forms.RegexField(r"^[0-9a-f]{32}\Z")
    raw = forms.CharField(max_length=LONGEST_RAW, strip=False)
