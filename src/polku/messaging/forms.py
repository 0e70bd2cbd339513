"""Forms of the pages of messages. The rules are the domain's; forms only carry them."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SenderForm(forms.Form):
    name = forms.CharField(
        label=_("Sender’s name"),
        max_length=120,
        required=False,
        help_text=_("What customers see as the sender. Without it: the workspace’s name."),
    )
    email = forms.EmailField(
        label=_("Sender’s e-mail address"),
        max_length=254,
        required=False,
        help_text=_("An address of your own domain. Without it the server’s address is used."),
    )
    reply_to = forms.EmailField(
        label=_("Address for replies"),
        max_length=254,
        required=False,
        help_text=_("Where answers to the message go. Without it: to the sender’s address."),
    )
    footer = forms.CharField(
        label=_("Who sends, and where from"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Stands at the end of every message: the company’s name, postal address, business id. Many countries "
            "require it."
        ),
    )


class AddForm(forms.Form):
    addresses = forms.CharField(
        label=_("Addresses"),
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_(
            "One on each line, or separated by commas. A whole column of another list can be pasted."
        ),
    )
