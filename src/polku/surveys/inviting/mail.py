"""The message that asks: a few words, the first question with its answers as links, and the way out of it.

A link of an answer opens the page that asks to confirm it; opening it answers nothing, so that whatever looks into
links on its way to the reader (filters, previews) does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.safestring import mark_safe

from polku.messaging.composing import UNSUBSCRIBE_MARK
from polku.messaging.domain import Sender
from polku.surveys.definition.logic import next_question
from polku.surveys.definition.piping import Known, pipe
from polku.surveys.definition.questions import AnyQuestion, Definition, Nps, Number, Smiley, Stars
from polku.surveys.definition.wordings import choices_of, ends_of, text_of
from polku.surveys.inviting.mail_looks import Looks, sheet
from polku.surveys.inviting.texts import WORDS, MailSettings, texts_in

LINK_MARK = "{{link}}"
"""Where the address of the personal link stands; it is put in when the message leaves."""
_MOST_CHOICES = 11
_FACES = ("😞", "🙁", "🙂", "😀")


@dataclass(frozen=True)
class Mail:
    subject: str
    text: str
    html: str
    sheet: str
    """What stands in the head of `html`."""


@dataclass(frozen=True)
class Choice:
    """`address` opens the page that asks to confirm it."""

    label: str
    address: str
    face: str = ""


@dataclass(frozen=True)
class FirstQuestion:
    text: str
    choices: list[Choice]
    is_row: bool
    """Short labels stand beside each other, others below each other."""
    low: str = ""
    high: str = ""


def write_mail(
    *,
    definition: Definition,
    settings: MailSettings,
    sender: Sender,
    language: str,
    known: Known,
    is_anonymous: bool,
    until: date | None,
    is_reminder: bool = False,
    link: str = LINK_MARK,
    unsubscribe: str = UNSUBSCRIBE_MARK,
    is_preview: bool = False,
) -> Mail:
    """The message in one language. Of an anonymous survey nothing in it shows that it knows who reads."""
    if is_anonymous:
        known = Known(fields=known.fields)
    texts, words = texts_in(settings, language), WORDS[language]

    def filled(text: str) -> str:
        return pipe(text, definition=definition, answers={}, known=known, language=language)

    question = first_question(definition, known, language, link)
    context = {
        "language": language,
        "sender": sender,
        "title": definition.title.get(language, ""),
        "paragraphs": _paragraphs(filled(texts.reminder_intro if is_reminder else texts.intro)),
        "question": question,
        "link": mark_safe(link) if link == LINK_MARK else link,  # noqa: S308 - our own mark
        "unsubscribe": unsubscribe,
        "words": words,
        "until": words.until.format(date=_day(until, language)) if until else "",
        "anonymous": words.anonymous if is_anonymous else "",
        "footer": sender.footer.splitlines(),
        "is_preview": is_preview,
        "sheet": sheet(definition.theme, has_looks=is_preview),
        "look": Looks(definition.theme, is_sheet=is_preview),
    }
    subject = filled(texts.reminder_subject if is_reminder else texts.subject)
    return Mail(
        subject=" ".join(subject.split()),
        text=render_to_string("surveys/mail/invitation.txt", context).strip() + "\n",
        html=render_to_string("surveys/mail/invitation.html", context | {"subject": subject}),
        sheet=str(context["sheet"]),
    )


def first_question(
    definition: Definition, known: Known, language: str, link: str = LINK_MARK
) -> FirstQuestion | None:
    """The first question that this person meets, where it is answered by one choice among few; else None."""
    key = next_question(definition, {}, known, None)
    question = next((each for each in definition.questions if each.key == key), None)
    if question is None or not _is_choice(question):
        return None
    choices = choices_of(question, language)
    if not 0 < len(choices) <= _MOST_CHOICES:
        return None

    def filled(text: str) -> str:
        return pipe(text, definition=definition, answers={}, known=known, language=language)

    is_row = isinstance(question, (Nps, Stars, Number))
    low, high = ends_of(question, language)
    faces = _FACES if isinstance(question, Smiley) else ("",) * len(choices)
    return FirstQuestion(
        text=filled(text_of(question, language)),
        choices=[
            Choice(
                label=str(value) if isinstance(question, Stars) else filled(label),
                address=f"{link}?{urlencode({f'q-{question.key}': value})}",
                face="★" if isinstance(question, Stars) else face,
            )
            for (value, label), face in zip(choices, faces, strict=True)
        ],
        is_row=is_row,
        low=filled(low) if is_row else "",
        high=filled(high) if is_row else "",
    )


def _is_choice(question: AnyQuestion) -> bool:
    tag = str(question.__struct_config__.tag)
    return tag in {"nps", "csat", "ces", "smiley", "task_success", "stars", "number", "single"}


def _paragraphs(text: str) -> list[list[str]]:
    """Lines of each paragraph."""
    return [block.split("\n") for block in text.strip().split("\n\n") if block.strip()]


def _day(day: date, language: str) -> str:
    with translation.override(language):
        return date_format(day, "j.n.Y" if language == "fi" else "j F Y")
