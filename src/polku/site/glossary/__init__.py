"""The words of the product, each explained once: beside the words on pages (`{% help "nps" %}`) and in the glossary.

Terms lie in one module per subject; a room may also register terms of its own when the program starts.
"""

from __future__ import annotations

from collections.abc import Iterable

from polku.site.glossary.term import Term

_terms: dict[str, Term] = {}


def register(terms: Iterable[Term]) -> None:
    """Add terms. Raises ValueError where a key is taken by another term; the same again changes nothing."""
    for term in terms:
        if _terms.setdefault(term.key, term) != term:
            raise ValueError(f"the glossary has another term with the key {term.key!r} already")


def find(key: str) -> Term:
    """The term of `key`. Raises LookupError, with the keys there are, for one that is unknown."""
    try:
        return _terms[key]
    except KeyError:
        known = ", ".join(sorted(_terms))
        raise LookupError(f"the glossary has no term {key!r}; it has {known}") from None


def terms() -> list[Term]:
    """All terms, in the alphabetical order of the reader's language."""
    return sorted(_terms.values(), key=lambda term: term.sorted_by)


def _register_own() -> None:
    from polku.site.glossary import behaviour, certainty, data, journeys, people, scores

    for subject in (journeys, scores, certainty, behaviour, people, data):
        register(subject.TERMS)


_register_own()
