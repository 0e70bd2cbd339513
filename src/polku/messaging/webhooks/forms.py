"""The form of a webhook. The rules are the domain's; forms only carry them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from polku.messaging.webhooks import registry
from polku.messaging.webhooks.addresses import LONGEST


class WebhookForm(forms.Form):
    url = forms.CharField(
        label=_("Address"),
        max_length=LONGEST,
        widget=forms.TextInput(
            attrs={
                "inputmode": "url",
                "autocomplete": "off",
                "spellcheck": "false",
                "placeholder": "https://example.com/polku",
            }
        ),
        help_text=_("Where the news is posted: it begins with https://."),
    )
    types = forms.MultipleChoiceField(
        label=_("What is told"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one kind of news.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(type, f"{capfirst(str(name))} ({type})") for type, name in registry.types().items()]
        self.fields["types"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["types"].initial = [choices[0][0]]
