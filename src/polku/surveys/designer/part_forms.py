"""The other parts of a survey as forms: title, thanks, settings, colours. Each reads what was posted into a change of
the draft."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from polku.surveys.definition import limits
from polku.surveys.definition.questions import LANGUAGES, Definition, Theme
from polku.surveys.definition.theme import DEFAULT
from polku.surveys.designer.option_form import read_text
from polku.surveys.designer.rule_form import read_rule

Form = Mapping[str, str]
Change = Callable[[Definition], Definition]


def read_start(form: Form) -> Change:
    return lambda draft: msgspec.structs.replace(
        draft,
        title=read_text(draft.title, form, "title", draft.languages),
        intro=read_text(draft.intro, form, "intro", draft.languages),
    )


def read_thanks(form: Form) -> Change:
    def change(draft: Definition) -> Definition:
        thanks = msgspec.structs.replace(
            draft.thanks,
            text=read_text(draft.thanks.text, form, "text", draft.languages),
            review_url=form.get("review_url", "").strip().replace("\0", ""),
            review_label=read_text(draft.thanks.review_label, form, "review_label", draft.languages),
            review_if=read_rule(draft, form, prefix="review"),
            asks_to_contact="asks_to_contact" in form,
            asks_to_quote="asks_to_quote" in form,
        )
        return msgspec.structs.replace(draft, thanks=thanks)

    return change


def read_settings(form: Form) -> Change:
    """Languages, how questions are asked, hidden fields. Raises ValidationError where no language is left."""
    chosen = [code for code in LANGUAGES if f"language-{code}" in form]
    if not chosen:
        raise ValidationError(_("A survey is asked in at least one language."))
    first = form.get("first_language", "")
    languages = tuple(sorted(chosen, key=lambda code: code != first))
    names = [name for name in re.split(r"[\s,;]+", form.get("fields", "")) if name]
    for name in names:
        if not limits.KEY.fullmatch(name):
            raise ValidationError(
                _("“%s” cannot name a hidden field: use a–z, 0–9 and _, and begin with a letter.") % name[:60]
            )
        if name in limits.RESERVED:
            raise ValidationError(_("“%s” means something else in a survey: choose another name.") % name)
    pages = "all" if form.get("pages") == "all" else "one"
    return lambda draft: msgspec.structs.replace(
        draft, languages=languages, fields=tuple(dict.fromkeys(names)), pages=pages
    )


def read_look(form: Form) -> Change:
    """Colours; the product's own are left out, so that they follow it."""
    if form.get("do") == "reset":
        return lambda draft: msgspec.structs.replace(draft, theme=Theme())
    read = {}
    for name in ("accent", "background", "ink"):
        colour = form.get(name, "").strip().lower()
        if colour and not limits.COLOUR.fullmatch(colour):
            raise ValidationError(_("A colour is written as #1f5f4a."))
        read[name] = "" if colour == getattr(DEFAULT, name) else colour
    return lambda draft: msgspec.structs.replace(draft, theme=Theme(**read))


READERS: dict[str, Callable[[Form], Change]] = {
    "start": read_start,
    "thanks": read_thanks,
    "settings": read_settings,
    "look": read_look,
}
