"""What is wrong with a question, where in it, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from django.utils.translation import gettext as _


class QueryError(ValueError):
    """A question that cannot be answered as it stands.

    `message` is for a person, in the language in use, and already holds the suggestion. `field` is the place,
    as in `steps[1].where[0].op`; `suggestion` is the nearest known word, or None.
    """

    def __init__(self, message: str, *, field: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.suggestion = suggestion


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, or None where nothing is near. Case does not count."""
    by_folded = {name.casefold(): name for name in known}
    folded = word.casefold()
    if folded in by_folded:
        return by_folded[folded]
    found = get_close_matches(folded, by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def unknown_word(message: str, word: str, known: Iterable[str], *, field: str) -> QueryError:
    """A QueryError that says `message`, then the nearest known word, or all of them where none is near."""
    known = list(known)
    suggestion = nearest(word, known)
    if suggestion is not None:
        hint = _("Did you mean “%(suggestion)s”?") % {"suggestion": suggestion}
    else:
        hint = _("Known: %(names)s.") % {"names": ", ".join(known)}
    return QueryError(f"{message} {hint}", field=field, suggestion=suggestion)
