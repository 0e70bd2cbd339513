"""Makes comments and questions out of the phrases, so that they fit what happened and rarely repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from polku.simulation.answering import SCALES, Answers
from polku.simulation.catalogue import PLACES, PRODUCT_WARE, STORE_GENITIVE, WARES
from polku.simulation.contacting import REASONS, Contacts
from polku.simulation.phrases import CLOSINGS, COMMENTS, CONTACTS, GREETINGS, Phrases
from polku.simulation.population import Flags, Population, Texts
from polku.simulation.shopping import Trips

_BAD_NEWS = ("kulut", "ei mene", "myöhässä", "kesken", "ei ymmärrä")
_GOOD_NEWS = ("nouto", "ilahdutti")
_NAMES = frozenset(
    {
        "Safari",
        "Apple",
        "Finland",
        *(form for town in PLACES for form in (town.name, town.genitive, town.illative)),
    }
)
_DAYS = (
    "päivän",
    "päivän",
    "kaksi päivää",
    "kolme päivää",
    "neljä päivää",
    "viisi päivää",
    "kuusi päivää",
    "viikon",
)


def mood(metric: str, score: float) -> str:
    """`hyvä`, `keski` or `huono`."""
    if metric == "nps":
        return "hyvä" if score >= 9 else "keski" if score >= 7 else "huono"
    low, high = SCALES[metric]
    place = (score - low) / (high - low)
    return "hyvä" if place > 0.62 else "keski" if place > 0.4 else "huono"


@dataclass
class Writer:
    """Takes phrases in turn, each as seldom as the others, and turns aside from a text already written."""

    rng: np.random.Generator
    _used: set[str] = field(default_factory=set)
    _decks: dict[int, list[int]] = field(default_factory=dict)

    def phrase(self, phrases: Sequence[str]) -> str:
        deck = self._decks.setdefault(id(phrases), [])
        if not deck:
            deck.extend(self.rng.permutation(len(phrases)).tolist())
        return phrases[deck.pop()]

    def chance(self) -> float:
        return float(self.rng.random())

    def comment(self, material: Phrases, key: str, words: dict[str, str]) -> str:
        """One or two sentences, in the way people type."""
        text = ""
        for _ in range(6):
            text = self.phrase(material[key]).format_map(words)
            seconds = material.get(f"{key} lisä", ())
            if seconds and self.chance() < 0.34:
                text = f"{text} {self.phrase(seconds)}"
            text = self._typed(text)
            if text not in self._used:
                break
        self._used.add(text)
        return text

    def question(self, phrases: Sequence[str], words: dict[str, str], *, finnish: bool) -> str:
        """What somebody asks customer service."""
        text = ""
        for _ in range(6):
            text = self.phrase(phrases).format_map(words)
            if finnish and self.chance() < 0.4:
                greeting = self.phrase(GREETINGS)
                text = greeting + (_small(text) if greeting.endswith(", ") else text)
            if finnish and self.chance() < 0.3:
                text = text + self.phrase(CLOSINGS)
            text = self._typed(text)
            if text not in self._used:
                break
        self._used.add(text)
        return text

    def _typed(self, text: str) -> str:
        text = text[0].upper() + text[1:]
        style = self.chance()
        if style < 0.11:
            return _small(text).rstrip(".")
        if style < 0.19:
            return text.rstrip(".")
        if style < 0.22 and text.endswith("."):
            return text[:-1] + "!"
        return text


def _small(text: str) -> str:
    """With a small first letter, unless the first word is a name."""
    first = text.split(maxsplit=1)[0]
    if first in _NAMES or any(letter.isupper() for letter in first[1:]):
        return text
    return text[0].lower() + text[1:]


def write_comments(writer: Writer, answers: Answers, trips: Trips, people: Population) -> Texts:
    """A comment for some of the answers, None for the others."""
    texts = np.full(len(answers), None, dtype=object)
    missions = np.where(answers.trip < len(trips), answers.trip, 0)
    owners = np.where(answers.person >= 0, answers.person, trips.person[missions])
    speaking: Flags = writer.rng.random(len(answers)) < answers.says_why
    for at in np.flatnonzero(speaking).tolist():
        owner = int(owners[at])
        language = int(people.language[owner])
        material = COMMENTS[language][answers.survey]
        key = mood(answers.metric, float(answers.score[at]))
        situation = str(answers.situation[at])
        if situation in _BAD_NEWS and key == "hyvä":
            continue  # content all the same, and silent about it
        if situation in _BAD_NEWS or (situation in _GOOD_NEWS and key == "hyvä"):
            key = situation
        if key == "hyvä" and answers.metric == "smiley" and answers.score[at] == 3 and writer.chance() < 0.5:
            key = "keski"
        if key == "myöhässä" and people.north[owner] and "pohjoinen" in material and writer.chance() < 0.45:
            key = "pohjoinen"
        store = int(answers.store[at]) if answers.store[at] >= 0 else int(people.store[owner])
        words = _words(
            int(trips.product[missions[at]]),
            int(people.place[owner]),
            store,
            int(answers.late_days[at]),
            language,
        )
        texts[at] = writer.comment(material, key, words)
    return texts


def write_questions(writer: Writer, contacts: Contacts, trips: Trips, people: Population) -> Texts:
    """What every contact was about, in the customer's words."""
    texts = np.empty(len(contacts), dtype=object)
    for at in range(len(contacts)):
        owner = int(contacts.person[at])
        language = int(people.language[owner])
        phrases = CONTACTS[language][REASONS[contacts.reason[at]]]
        store = int(people.store[owner])
        product = int(trips.product[contacts.trip[at]])
        words = _words(product, int(people.place[owner]), store, int(contacts.late_days[at]), language)
        texts[at] = writer.question(phrases, words, finnish=language == 0)
    return texts


def _words(product: int, place: int, store: int, late_days: int, language: int) -> dict[str, str]:
    """What the braces stand for. Somebody without a store nearby speaks of the one in Tampere."""
    ware, town = WARES[PRODUCT_WARE[product]], PLACES[place]
    name = (ware.nominative, ware.swedish, ware.english)[language]
    return {
        "tuote": name,
        "Tuote": name[0].upper() + name[1:],
        "tuotteen": ware.genitive,
        "tuotetta": ware.partitive,
        "kaupungin": town.genitive,
        "kaupunkiin": town.illative,
        "myymälän": STORE_GENITIVE[max(store, 0)],
        "päivää": _DAYS[min(late_days, 7)],
    }
