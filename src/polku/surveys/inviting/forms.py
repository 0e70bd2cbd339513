"""Forms of the Collect pages. The rules are the domain's; forms only carry them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from polku.people.models import Segment
from polku.surveys.inviting.texts import (
    LONGEST_INTRO,
    LONGEST_SUBJECT,
    MOST_EXPIRY_DAYS,
    MOST_REMINDER_DAYS,
    MailSettings,
    MailTexts,
    texts_in,
)
from polku.surveys.inviting.ways import LONGEST_NAME, read_fields
from polku.surveys.models import SurveyLink

_FARTHEST = timedelta(days=366)


class WayForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What it is for"),
        choices=[
            (SurveyLink.Kind.OPEN, _("A link to share")),
            (SurveyLink.Kind.QR, _("A poster with a QR code")),
        ],
        widget=forms.RadioSelect,
        initial=SurveyLink.Kind.OPEN,
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        help_text=_("By which you know it: Helsinki store, newsletter."),
    )
    fields_text = forms.CharField(
        label=_("What every answer through it carries"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "store=Helsinki", "spellcheck": "false"}),
        help_text=_("One on each line. Results can be looked at by it."),
    )

    def __init__(self, *args: Any, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["kind"]

    def clean_fields_text(self) -> dict[str, str]:
        return read_fields(self.cleaned_data["fields_text"])


class InviteForm(forms.Form):
    """Whom to ask: pasted addresses, a file, or a segment; and when."""

    addresses = forms.CharField(
        label=_("Addresses"),
        required=False,
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("One on each line, or separated by commas."),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        help_text=_(
            "CSV with a header row. A column of addresses is enough; language, order number, name and the survey’s "
            "hidden fields are taken along."
        ),
    )
    segment = forms.ModelChoiceField(
        label=_("Or a segment"),
        queryset=Segment.objects.none(),
        required=False,
        empty_label=_("none"),
        help_text=_("Customers of it whose e-mail address is known."),
    )
    send_at = forms.DateTimeField(
        label=_("When"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
        help_text=_("Empty: at once."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        segment = self.fields["segment"]
        if isinstance(segment, forms.ModelChoiceField):
            segment.queryset = Segment.objects.order_by("name")

    def clean_send_at(self) -> datetime | None:
        """A moment that has passed is at once; one that is years away is a slip of the pen."""
        at: datetime | None = self.cleaned_data["send_at"]
        if at is None or at <= timezone.now():
            return None
        if at > timezone.now() + _FARTHEST:
            raise ValidationError(self.fields["send_at"].error_messages["invalid"], code="invalid")
        return at

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = [name for name in ("addresses", "file", "segment") if data.get(name)]
        if not given and not self.errors:
            raise ValidationError(_("Give addresses, a file or a segment."))
        if len(given) > 1:
            raise ValidationError(_("Choose one: addresses, a file or a segment."))
        return data


class MailForm(forms.Form):
    """The words of one survey's messages, side by side in its languages, and when they are sent again."""

    reminder_days = forms.IntegerField(
        label=_("Remind after, days"),
        min_value=0,
        max_value=MOST_REMINDER_DAYS,
        help_text=_("Once, whoever has not answered. 0: never."),
    )
    expiry_days = forms.IntegerField(label=_("The link works, days"), min_value=1, max_value=MOST_EXPIRY_DAYS)

    def __init__(self, *args: Any, languages: tuple[str, ...], settings: MailSettings, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "reminder_days": settings.reminder_days,
            "expiry_days": settings.expiry_days,
            **{
                f"{name}-{language}": getattr(texts_in(settings, language), name)
                for language in languages
                for name in _WORDS
            },
        }
        super().__init__(*args, **kwargs)
        self._languages = languages
        for language in languages:
            for name, (label, is_long) in _WORDS.items():
                self.fields[f"{name}-{language}"] = forms.CharField(
                    label=label,
                    required=False,
                    max_length=LONGEST_INTRO if is_long else LONGEST_SUBJECT,
                    widget=forms.Textarea(attrs={"rows": 5, "lang": language})
                    if is_long
                    else forms.TextInput(attrs={"lang": language}),
                )

    def groups(self) -> list[tuple[str, list[Any]]]:
        """(language, its fields)."""
        return [(language, [self[f"{name}-{language}"] for name in _WORDS]) for language in self._languages]

    def days(self) -> list[Any]:
        return [self["reminder_days"], self["expiry_days"]]

    def settings(self, before: MailSettings) -> MailSettings:
        """What was sent; languages that the survey has not now stay as they were."""
        texts = {
            language: MailTexts(**{name: self.cleaned_data[f"{name}-{language}"] for name in _WORDS})
            for language in self._languages
        }
        return MailSettings(
            texts={**before.texts, **texts},
            reminder_days=self.cleaned_data["reminder_days"],
            expiry_days=self.cleaned_data["expiry_days"],
        )


_WORDS = {
    "subject": (_("Subject"), False),
    "intro": (_("Words before the first question"), True),
    "reminder_subject": (_("Subject of the reminder"), False),
    "reminder_intro": (_("Words of the reminder"), True),
}


class PosterForm(forms.Form):
    """The poster's two texts in each language of the survey."""

    def __init__(self, *args: Any, languages: tuple[str, ...], texts: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {
            f"{name}-{language}": texts[language][name]
            for language in languages
            for name in ("title", "line")
        }
        super().__init__(*args, **kwargs)
        self._languages = languages
        for language in languages:
            for name, label, most in (("title", _("Title"), 60), ("line", _("Text below it"), 160)):
                self.fields[f"{name}-{language}"] = forms.CharField(
                    label=label,
                    required=False,
                    max_length=most,
                    widget=forms.TextInput(attrs={"lang": language}),
                )

    def groups(self) -> list[tuple[str, list[Any]]]:
        return [
            (language, [self[f"title-{language}"], self[f"line-{language}"]]) for language in self._languages
        ]

    def texts(self) -> dict[str, dict[str, str]]:
        return {
            language: {name: self.cleaned_data[f"{name}-{language}"] for name in ("title", "line")}
            for language in self._languages
        }
