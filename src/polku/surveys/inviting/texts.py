"""What invitations say, by language: each survey's own words, else these.

A survey is asked in its own languages, whoever made it; so these are no translations of the interface.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User
from polku.surveys.links import add_link
from polku.surveys.models import Survey, SurveyLink

REMINDER_DAYS, MOST_REMINDER_DAYS = 5, 60
EXPIRY_DAYS, MOST_EXPIRY_DAYS = 30, 365
LONGEST_SUBJECT, LONGEST_INTRO = 150, 2_000


@dataclass(frozen=True)
class MailTexts:
    """What may be written anew. Pipes like `{trait.first_name|…}` are filled in."""

    subject: str = ""
    intro: str = ""
    reminder_subject: str = ""
    reminder_intro: str = ""


@dataclass(frozen=True)
class MailSettings:
    """Of one survey's invitations. `texts` holds only what was written anew. 0 days: no reminder."""

    texts: Mapping[str, MailTexts]
    reminder_days: int = REMINDER_DAYS
    expiry_days: int = EXPIRY_DAYS


DEFAULTS: dict[str, MailTexts] = {
    "fi": MailTexts(
        subject="Kerrotko, miten onnistuimme?",
        intro="Hei!\n\nMielipiteesi auttaa meitä parantamaan. Vastaaminen vie noin minuutin.",
        reminder_subject="Ehditkö vielä vastata?",
        reminder_intro="Hei!\n\nLähetimme sinulle hiljattain lyhyen kyselyn. Ehtisitkö vielä vastata? Tämä on ainoa "
        "muistutus.",
    ),
    "sv": MailTexts(
        subject="Vill du berätta hur vi lyckades?",
        intro="Hej!\n\nDin åsikt hjälper oss att bli bättre. Det tar ungefär en minut att svara.",
        reminder_subject="Hinner du svara ännu?",
        reminder_intro="Hej!\n\nVi skickade nyligen en kort enkät till dig. Hinner du svara ännu? Detta är den enda "
        "påminnelsen.",
    ),
    "en": MailTexts(
        subject="Would you tell us how we did?",
        intro="Hello!\n\nYour opinion helps us to get better. Answering takes about a minute.",
        reminder_subject="Do you still have a minute?",
        reminder_intro="Hello!\n\nWe recently sent you a short survey. Would you still answer it? This is the only "
        "reminder.",
    ),
}


@dataclass(frozen=True)
class Words:
    """The rest of the message, which is the same for every survey."""

    open: str
    choose: str
    until: str
    anonymous: str
    unsubscribe: str


WORDS: dict[str, Words] = {
    "fi": Words(
        open="Vastaa kyselyyn",
        choose="Valitse vastauksesi. Vahvistat sen sivulla, joka avautuu.",
        until="Linkki on vain sinulle ja toimii {date} asti.",
        anonymous="Kysely on nimetön: vastaustasi ei yhdistetä sinuun.",
        unsubscribe="En halua enää viestejä",
    ),
    "sv": Words(
        open="Svara på enkäten",
        choose="Välj ditt svar. Du bekräftar det på sidan som öppnas.",
        until="Länken är bara din och fungerar till och med {date}.",
        anonymous="Enkäten är anonym: ditt svar kopplas inte till dig.",
        unsubscribe="Jag vill inte ha fler meddelanden",
    ),
    "en": Words(
        open="Answer the survey",
        choose="Choose your answer. You confirm it on the page that opens.",
        until="The link is yours alone and works until {date}.",
        anonymous="The survey is anonymous: your answer is not connected with you.",
        unsubscribe="I want no more messages",
    ),
}


def email_link(survey: Survey) -> SurveyLink | None:
    """The link under which the survey is sent by e-mail and its words are kept; None before the first time."""
    with scope(workspace=survey.workspace):
        return survey.links.filter(kind=SurveyLink.Kind.EMAIL, deleted_at=None).order_by("pk").first()


def make_email_link(survey: Survey) -> SurveyLink:
    """The same, made where it is not there yet. In the caller's transaction."""
    return email_link(survey) or add_link(survey=survey, kind=SurveyLink.Kind.EMAIL, name=_("E-mail"))


def mail_settings(survey: Survey) -> MailSettings:
    return settings_of(email_link(survey))


def settings_of(link: SurveyLink | None) -> MailSettings:
    kept: Mapping[str, Any] = link.settings if link else {}
    texts = {
        language: MailTexts(**{name: str(said.get(name, "")) for name in NAMES})
        for language, said in dict(kept.get("texts", {})).items()
        if language in DEFAULTS
    }
    return MailSettings(
        texts=texts,
        reminder_days=int(kept.get("reminder_days", REMINDER_DAYS)),
        expiry_days=int(kept.get("expiry_days", EXPIRY_DAYS)),
    )


NAMES = tuple(field.name for field in fields(MailTexts))


def texts_in(settings: MailSettings, language: str) -> MailTexts:
    """The words in a language, the usual ones where nothing else was written."""
    usual = DEFAULTS[language]
    own = settings.texts.get(language, MailTexts())
    return replace(usual, **{name: value for name in NAMES if (value := getattr(own, name))})


def set_mail_settings(*, survey: Survey, settings: MailSettings, actor: User | None) -> SurveyLink:
    """Keep how the survey's invitations read from now on; words that are the usual ones are not kept. One transaction
    with its audit entry. Raises ValidationError."""
    if not 0 <= settings.reminder_days <= MOST_REMINDER_DAYS:
        raise ValidationError({"reminder_days": _("0–%s days.") % MOST_REMINDER_DAYS})
    if not 1 <= settings.expiry_days <= MOST_EXPIRY_DAYS:
        raise ValidationError({"expiry_days": _("1–%s days.") % MOST_EXPIRY_DAYS})
    kept = {}
    for language, texts in settings.texts.items():
        usual = DEFAULTS[language]
        own = {name: _clean(name, getattr(texts, name)) for name in NAMES}
        own = {name: text for name, text in own.items() if text and text != getattr(usual, name)}
        if own:
            kept[language] = own
    with scope(workspace=survey.workspace), transaction.atomic():
        link = make_email_link(survey)
        link.settings = {
            **link.settings,
            "texts": kept,
            "reminder_days": settings.reminder_days,
            "expiry_days": settings.expiry_days,
        }
        link.save(update_fields=["settings"])
        record_audit(
            workspace=survey.workspace,
            actor=actor,
            action="invitation.updated",
            target=survey.name,
            survey=survey.pk,
        )
    return link


def _clean(name: str, text: str) -> str:
    text = text.replace("\0", "").replace("\r\n", "\n").strip()
    if name.endswith("subject"):
        return " ".join(text.split())[:LONGEST_SUBJECT]
    return text[:LONGEST_INTRO]
