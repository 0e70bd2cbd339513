"""The form of the page that installs the tracker."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from polku.capture.install.snippets import Choices


class InstallForm(forms.Form):
    """Which website, which choices, and perhaps a write key that exists already."""

    site = forms.CharField(
        label=_("Name of the website"),
        help_text=_("The source and its key are called by it, for example www.example.fi."),
        max_length=80,
    )
    consent_by_tool = forms.BooleanField(
        label=_("A consent tool loads the code only after the visitor has accepted"),
        help_text=_(
            "Leave it off if the code is on the page from the start and is told of consent by a call."
        ),
        required=False,
    )
    is_cookieless = forms.BooleanField(
        label=_("Count visitors without consent, without cookies"), required=False
    )
    with_vitals = forms.BooleanField(
        label=_("Measure how fast pages load"),
        help_text=_(
            "A second file of 3.3 kB: loading time, response to clicks, and how much the page jumps."
        ),
        required=False,
    )
    key = forms.RegexField(
        r"^pk_[A-Za-z0-9_-]{20,120}\Z",
        label=_("Write key"),
        error_messages={
            "invalid": _("A write key begins with pk_ and has some forty letters and digits after it.")
        },
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off", "placeholder": "pk_…"}),
        required=False,
        strip=True,
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        if "show" in self.data:  # the key that exists has a name already
            self.fields["site"].required = False
            self.fields["key"].required = True

    @property
    def choices(self) -> Choices:
        """What was chosen, of a valid form."""
        names = ("is_cookieless", "consent_by_tool", "with_vitals")
        return Choices(**{name: self.cleaned_data[name] for name in names})
