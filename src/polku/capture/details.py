"""What is wrong with one rejected row: every sentence that says it, written in English and shown in any language.

A rejected row keeps its explanation as one plain English sentence, so that whoever reads the store, a download or the
JSON of a command understands it without Polku. `detail` words it, and `explain` finds it again among the sentences
here and says it in the reader's language. A sentence of another version of Polku is shown as it is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

LONGEST = 200
"""Characters of one parameter: some come from the sender."""


class Sentence(StrEnum):
    """Each ends in a full stop; a technical quote may follow it in brackets."""

    NOT_JSON = _("It is not valid JSON.")
    NOT_AN_OBJECT = _("An event is a JSON object.")
    NOT_A_HIT = _("A hit is a query string or a JSON object.")
    NOT_UTF_8 = _("It holds bytes that are not UTF-8.")
    TOO_LARGE = _("It has %(bytes)s bytes; one event may have %(most)s.")
    TOO_DEEP = _("It is nested too deeply.")
    DEEPER_THAN = _("It is nested more than %(most)s levels deep.")
    TOO_MANY_PROPERTIES = _("It has more than %(most)s properties.")
    NAME_TOO_LONG = _("The event’s name has more than %(most)s characters.")
    ID_TOO_LONG = _("The id “%(name)s” has more than %(most)s characters.")
    UNKNOWN_TYPE = _("“%(said)s” is none of %(known)s.")
    MISSING = _("The field “%(name)s” is missing.")
    NEEDS_BOTH = _("It needs both “%(one)s” and “%(other)s”.")
    NEEDS_EITHER = _("It has neither “%(one)s” nor “%(other)s”.")
    PLACEHOLDER = _("“%(said)s” is what programs write where an id is missing.")
    NOTHING_HAPPENED = _("It has neither “url” nor “action_name”, nor anything else that happened.")
    WRONG_KIND = _("A field has a value of the wrong kind.")
    LIST_FOR_OBJECT = _("“%(name)s” is a list; it must be an object.")
    NOT_A_LIST_OF_LISTS = _("“%(name)s” is not a JSON list of lists.")
    NOT_A_NUMBER = _("“%(name)s” is not a number.")
    NO_TIME = _("The field “%(name)s” holds no time in ISO 8601.")
    NO_ADDRESS = _("“%(name)s” holds no address.")
    NOT_ONE = _("“%(name)s” must be 1.")
    OTHER_SITE = _("Its “idsite” is not that of the request.")
    SERVER_FAILED = _("The server failed to read this request.")
    STORE_REFUSED = _("The event store refused this request.")
    NOT_FROM_INBOX = _("It is no request as the inbox keeps it.")
    UNKNOWN_PROTOCOL = _("No protocol is called “%(name)s”.")
    NO_EVENT = _("It holds no event.")


def detail(sentence: Sentence, *, quote: object = "", **parameters: object) -> str:
    """The sentence in English with its parameters, and the `quote` of a parser or a store behind it in brackets."""
    said = sentence.value % {name: str(value)[:LONGEST] for name, value in parameters.items()}
    quoted = str(quote)[:LONGEST]
    return f"{said} ({quoted})" if quoted else said


@dataclass(frozen=True, slots=True)
class Explanation:
    """`text` is in the reader's language, or empty for a sentence that is not known; `quote` is in English."""

    text: str
    quote: str = ""

    def __str__(self) -> str:
        return f"{self.text} ({self.quote})" if self.text and self.quote else self.text or self.quote


def explain(kept: str) -> Explanation:
    """What `detail` worded, in the language of now."""
    for sentence, pattern in _PATTERNS.items():
        if found := pattern.fullmatch(kept):
            parameters = found.groupdict(default="")
            quote = parameters.pop("quote")
            return Explanation(gettext(sentence.value) % parameters, quote)
    return Explanation("", kept)


def _pattern(sentence: Sentence) -> re.Pattern[str]:
    """Matches the sentence with any parameters, each a group of its name."""
    literals_and_names = re.split(r"%\((\w+)\)s", sentence.value)
    parts = [
        f"(?P<{part}>.*)" if is_name else re.escape(part)
        for number, part in enumerate(literals_and_names)
        for is_name in [number % 2 == 1]
    ]
    return re.compile("".join(parts) + r"(?: \((?P<quote>.+)\))?", re.DOTALL)


_PATTERNS = {sentence: _pattern(sentence) for sentence in Sentence}
