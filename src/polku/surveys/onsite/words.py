"""What the widget and the tablet say around a survey, in the survey's languages: they are not those of the reader of
the console, and Swedish is one of them."""

from __future__ import annotations

_WORDS: dict[str, dict[str, str]] = {
    "fi": {
        "next": "Jatka",
        "close": "Sulje kysely",
        "thanks": "Kiitos vastauksestasi!",
        "optional": "(vapaaehtoinen)",
        "again": "Vastaus ei mennyt perille. Yritä uudelleen.",
        "open": "Avaa kysely",
        "survey": "Kysely",
        "other": "Kirjoita tähän",
        "send": "Lähetä",
        "skip": "Ohita",
        "language": "Suomi",
    },
    "sv": {
        "next": "Fortsätt",
        "close": "Stäng enkäten",
        "thanks": "Tack för ditt svar!",
        "optional": "(frivillig)",
        "again": "Svaret kom inte fram. Försök igen.",
        "open": "Öppna enkäten",
        "survey": "Enkät",
        "other": "Skriv här",
        "send": "Skicka",
        "skip": "Hoppa över",
        "language": "Svenska",
    },
    "en": {
        "next": "Continue",
        "close": "Close the survey",
        "thanks": "Thank you for your answer!",
        "optional": "(optional)",
        "again": "Your answer did not arrive. Please try again.",
        "open": "Open the survey",
        "survey": "Survey",
        "other": "Write here",
        "send": "Send",
        "skip": "Skip",
        "language": "English",
    },
}


def words_in(language: str) -> dict[str, str]:
    return _WORDS.get(language, _WORDS["en"])


def language_for(wanted: str, languages: tuple[str, ...]) -> str:
    """The survey's language for a page in `wanted` (an HTML lang), else the survey's first."""
    code = wanted.split("-")[0].lower()
    return code if code in languages else languages[0]
