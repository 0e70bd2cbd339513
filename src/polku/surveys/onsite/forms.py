"""The form in which a link on the web is told whom to ask."""

from __future__ import annotations

from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _

from polku.surveys.models import SurveyLink
from polku.surveys.onsite.domain import LONGEST_NAME
from polku.surveys.onsite.targeting import (
    LONGEST,
    MOST_PATTERNS,
    MOST_SITES,
    Targeting,
    site_of,
    targeting_of,
)

_LONGEST_LINES = 20_000


def _lines(rows: int, placeholder: str) -> forms.Textarea:
    attributes = {"rows": rows, "spellcheck": "false", "autocomplete": "off", "placeholder": placeholder}
    return forms.Textarea(attrs=attributes)


class WebLinkForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, help_text=_("For yourselves: visitors do not see it.")
    )
    sites = forms.CharField(
        label=_("Sites where it may be shown"),
        help_text=_(
            "One a line. “shop.example” holds also what stands below it, such as “www.shop.example”."
        ),
        max_length=_LONGEST_LINES,
        widget=_lines(2, "shop.example"),
    )
    pages = forms.CharField(
        label=_("Pages"),
        help_text=_("One a line; * stands for anything. Empty is all pages."),
        max_length=_LONGEST_LINES,
        required=False,
        widget=_lines(2, "/checkout/*"),
    )
    not_pages = forms.CharField(
        label=_("But not on these pages"),
        max_length=_LONGEST_LINES,
        required=False,
        widget=_lines(2, "/payment/*"),
    )
    when = forms.ChoiceField(
        label=_("When"),
        choices=[
            ("time", _("after a while on the page")),
            ("scroll", _("when so much of the page has been seen")),
            ("event", _("when something happens")),
            ("exit", _("when the visitor is about to leave")),
        ],
        widget=forms.RadioSelect,
    )
    seconds = forms.IntegerField(label=_("Seconds on the page"), min_value=0, max_value=3600, required=False)
    scroll = forms.IntegerField(label=_("Percent of the page"), min_value=1, max_value=100, required=False)
    event = forms.CharField(
        label=_("Name of the event"),
        max_length=200,
        required=False,
        help_text=_(
            "One that the tracker sends, such as Order Completed, or one that the page tells (below)."
        ),
    )
    idle = forms.IntegerField(
        label=_("Idle seconds"),
        min_value=0,
        max_value=3600,
        required=False,
        help_text=_("For example 60 on the basket: nothing touched for so long is leaving too. 0 is never."),
    )
    share = forms.FloatField(label=_("Share of visitors, %"), min_value=0.1, max_value=100)
    days = forms.IntegerField(
        label=_("Not again to the same visitor within, days"),
        min_value=1,
        max_value=365,
        help_text=_("The limits across all surveys hold besides, for customers whom the tracker knows."),
    )
    device = forms.ChoiceField(
        label=_("Devices"),
        choices=[("all", _("all")), ("phone", _("phones and tablets")), ("computer", _("computers"))],
        widget=forms.RadioSelect,
    )
    place = forms.ChoiceField(
        label=_("How it is shown"),
        choices=[
            ("corner", _("a card in the corner: the page can be used meanwhile")),
            ("dialog", _("in the middle, over the page")),
        ],
        widget=forms.RadioSelect,
    )
    unknown = forms.BooleanField(
        label=_("Ask also visitors who have not accepted anything being kept on their device"),
        help_text=_(
            "Nothing is kept on their device, so they may be asked again when they open another page."
        ),
        required=False,
    )
    is_active = forms.BooleanField(label=_("The survey is shown"), required=False)

    def __init__(self, data: Any = None, *, link: SurveyLink) -> None:
        targeting = targeting_of(link.settings)
        initial: dict[str, Any] = dict(msgspec.to_builtins(targeting))
        initial |= {name: "\n".join(initial[name]) for name in ("sites", "pages", "not_pages")}
        initial |= {
            "name": link.name,
            "is_active": link.is_active,
            "share": f"{targeting.share * 100:.4g}",
        }
        super().__init__(data, initial=initial)

    def clean_sites(self) -> list[str]:
        written = [line.strip() for line in self.cleaned_data["sites"].splitlines() if line.strip()]
        sites = [site_of(line) for line in written]
        wrong = [line for line, site in zip(written, sites, strict=True) if site is None]
        if wrong:
            raise forms.ValidationError(_("“%s” is no site. One looks like shop.example.") % wrong[0][:80])
        if len(written) > MOST_SITES:
            raise forms.ValidationError(_("At most %s sites, please.") % MOST_SITES)
        return list(dict.fromkeys(site for site in sites if site))

    def clean_pages(self) -> list[str]:
        return self._patterns("pages")

    def clean_not_pages(self) -> list[str]:
        return self._patterns("not_pages")

    def _patterns(self, name: str) -> list[str]:
        written = list(
            dict.fromkeys(line.strip() for line in self.cleaned_data[name].splitlines() if line.strip())
        )
        if len(written) > MOST_PATTERNS:
            raise forms.ValidationError(_("At most %s pages, please.") % MOST_PATTERNS)
        for line in written:
            if len(line) > LONGEST or not line.startswith(("/", "*", "http://", "https://")):
                raise forms.ValidationError(
                    _("“%s” is no page. One begins with /, * or https://.") % line[:80]
                )
        return written

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == "event" and not cleaned.get("event", "").strip():
            self.add_error("event", _("Name the event."))
        return cleaned

    @property
    def targeting(self) -> Targeting:
        """What a valid form says; a number that was left out is the usual one."""
        cleaned, usual = self.cleaned_data, Targeting()
        return Targeting(
            sites=cleaned["sites"],
            pages=cleaned["pages"],
            not_pages=cleaned["not_pages"],
            when=cleaned["when"],
            seconds=usual.seconds if cleaned["seconds"] is None else cleaned["seconds"],
            scroll=usual.scroll if cleaned["scroll"] is None else cleaned["scroll"],
            event=" ".join(cleaned["event"].split()),
            idle=cleaned["idle"] or 0,
            share=cleaned["share"] / 100,
            days=cleaned["days"],
            device=cleaned["device"],
            place=cleaned["place"],
            unknown=cleaned["unknown"],
        )
