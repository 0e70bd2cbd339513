"""What the page for receivers says, in the languages that messages are written in.

No translations of the interface: receivers read Swedish too, which the interface does not speak.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """`{sender}` and `{address}` are filled in."""

    title: str
    ask: str
    then: str
    stop: str
    stopped: str
    stopped_then: str
    mistake: str
    back: str


WORDS = {
    "fi": Words(
        title="Viestit",
        ask="Etkö halua enää viestejä?",
        then="{sender} ei sen jälkeen lähetä kyselyitä eikä muita tällaisia viestejä osoitteeseen {address}.",
        stop="En halua enää viestejä",
        stopped="Et saa enää viestejä",
        stopped_then="{sender} ei enää kirjoita osoitteeseen {address}.",
        mistake="Se oli vahinko: haluan viestit kuten ennenkin",
        back="Saat viestit kuten ennenkin",
    ),
    "sv": Words(
        title="Meddelanden",
        ask="Vill du inte ha fler meddelanden?",
        then="{sender} skickar sedan inga enkäter eller andra sådana meddelanden till {address}.",
        stop="Jag vill inte ha fler meddelanden",
        stopped="Du får inga fler meddelanden",
        stopped_then="{sender} skriver inte längre till {address}.",
        mistake="Det var ett misstag: jag vill ha meddelanden som förut",
        back="Du får meddelanden som förut",
    ),
    "en": Words(
        title="Messages",
        ask="Do you want no more messages?",
        then="{sender} then sends no surveys or other such messages to {address}.",
        stop="No more messages, please",
        stopped="You will get no more messages",
        stopped_then="{sender} does not write to {address} any more.",
        mistake="That was a mistake: I want messages as before",
        back="You get messages as before",
    ),
}


WRONG_LINK = (
    (
        "fi",
        "Linkki ei toimi",
        "Tarkista, että osoite on kokonainen. Voit myös vastata viestiin, jossa se oli.",
    ),
    ("sv", "Länken fungerar inte", "Kontrollera att adressen är hel. Du kan också svara på meddelandet."),
    (
        "en",
        "The link does not work",
        "See that the address is whole. You can also answer the message it was in.",
    ),
)


def words_in(language: str, **filled: str) -> dict[str, str]:
    """By name; English where the language is another."""
    return {name: text.format(**filled) for name, text in vars(WORDS.get(language) or WORDS["en"]).items()}
