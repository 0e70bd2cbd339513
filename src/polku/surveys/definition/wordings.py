"""The exact wordings and scales of score questions, in every language that surveys can be asked in.

Results may only be compared with others' where the words were the same, so these are locked: people write only what
stands in the wording (`about`), in the case that their language asks for. They are not translations of the
interface: a survey is asked in its own languages, whoever reads it.
"""

from __future__ import annotations

from polku.surveys.definition import limits
from polku.surveys.definition.questions import (
    AnyQuestion,
    Ces,
    Csat,
    Definition,
    Multiple,
    Nps,
    Number,
    Points,
    Ranking,
    Single,
    Smiley,
    Stars,
    TaskSuccess,
    Text,
)

LOCKED = (Nps, Csat, Ces, Smiley, TaskSuccess)
TASK_POINTS = {"yes": 1.0, "partly": 0.5, "no": 0.0}
"""Of the answers of task success."""
"""Questions whose text is the wording below."""

_WORDINGS: dict[type, Text] = {
    Nps: {
        "fi": "Kuinka todennäköisesti suosittelisit {about} ystävälle tai kollegalle?",
        "sv": "Hur sannolikt är det att du skulle rekommendera {about} till en vän eller kollega?",
        "en": "How likely is it that you would recommend {about} to a friend or colleague?",
    },
    Csat: {
        "fi": "Kuinka tyytyväinen olit {about}?",
        "sv": "Hur nöjd var du med {about}?",
        "en": "How satisfied were you with {about}?",
    },
    Ces: {
        "fi": "{about} teki minulle helpoksi {matter}.",
        "sv": "{about} gjorde det lätt för mig att {matter}.",
        "en": "{about} made it easy for me to handle my {matter}.",
    },
    Smiley: {
        "fi": "Miten {about} onnistui tänään?",
        "sv": "Hur lyckades {about} i dag?",
        "en": "How did {about} do today?",
    },
    TaskSuccess: {
        "fi": "Saitko asiasi hoidettua?",
        "sv": "Fick du ditt ärende uträttat?",
        "en": "Did you get done what you came for?",
    },
}
_ABOUT: dict[type, Text] = {
    Nps: {"fi": "meitä", "sv": "oss", "en": "us"},
    Csat: {"fi": "asiointiisi kanssamme", "sv": "ditt ärende hos oss", "en": "your experience with us"},
    Ces: {"fi": "Yritys", "sv": "Företaget", "en": "The company"},
    Smiley: {"fi": "palvelumme", "sv": "vår service", "en": "our service"},
}
_MATTER: Text = {"fi": "hoitaa asiani", "sv": "sköta mitt ärende", "en": "issue"}

_LABELS: dict[str, dict[str, tuple[str, ...]]] = {
    "nps": {
        "fi": ("Erittäin epätodennäköisesti", "Erittäin todennäköisesti"),
        "sv": ("Inte alls sannolikt", "Mycket sannolikt"),
        "en": ("Not at all likely", "Extremely likely"),
    },
    "csat5": {
        "fi": (
            "Erittäin tyytymätön",
            "Tyytymätön",
            "En tyytymätön enkä tyytyväinen",
            "Tyytyväinen",
            "Erittäin tyytyväinen",
        ),
        "sv": ("Mycket missnöjd", "Missnöjd", "Varken missnöjd eller nöjd", "Nöjd", "Mycket nöjd"),
        "en": (
            "Very dissatisfied",
            "Dissatisfied",
            "Neither dissatisfied nor satisfied",
            "Satisfied",
            "Very satisfied",
        ),
    },
    "csat7": {
        "fi": (
            "Erittäin tyytymätön",
            "Tyytymätön",
            "Melko tyytymätön",
            "En tyytymätön enkä tyytyväinen",
            "Melko tyytyväinen",
            "Tyytyväinen",
            "Erittäin tyytyväinen",
        ),
        "sv": (
            "Mycket missnöjd",
            "Missnöjd",
            "Ganska missnöjd",
            "Varken missnöjd eller nöjd",
            "Ganska nöjd",
            "Nöjd",
            "Mycket nöjd",
        ),
        "en": (
            "Very dissatisfied",
            "Dissatisfied",
            "Somewhat dissatisfied",
            "Neither dissatisfied nor satisfied",
            "Somewhat satisfied",
            "Satisfied",
            "Very satisfied",
        ),
    },
    "ces": {
        "fi": (
            "Täysin eri mieltä",
            "Eri mieltä",
            "Jokseenkin eri mieltä",
            "En samaa enkä eri mieltä",
            "Jokseenkin samaa mieltä",
            "Samaa mieltä",
            "Täysin samaa mieltä",
        ),
        "sv": (
            "Helt av annan åsikt",
            "Av annan åsikt",
            "Delvis av annan åsikt",
            "Varken av samma eller annan åsikt",
            "Delvis av samma åsikt",
            "Av samma åsikt",
            "Helt av samma åsikt",
        ),
        "en": (
            "Strongly disagree",
            "Disagree",
            "Somewhat disagree",
            "Neither agree nor disagree",
            "Somewhat agree",
            "Agree",
            "Strongly agree",
        ),
    },
    "smiley": {
        "fi": ("Erittäin huonosti", "Huonosti", "Hyvin", "Erittäin hyvin"),
        "sv": ("Mycket dåligt", "Dåligt", "Bra", "Mycket bra"),
        "en": ("Very badly", "Badly", "Well", "Very well"),
    },
    "task_success": {
        "fi": ("Kyllä", "Osittain", "En"),
        "sv": ("Ja", "Delvis", "Nej"),
        "en": ("Yes", "Partly", "No"),
    },
    "stars": {
        "fi": ("1 tähti", "2 tähteä", "3 tähteä", "4 tähteä", "5 tähteä"),
        "sv": ("1 stjärna", "2 stjärnor", "3 stjärnor", "4 stjärnor", "5 stjärnor"),
        "en": ("1 star", "2 stars", "3 stars", "4 stars", "5 stars"),
    },
}
_OTHER: Text = {"fi": "Jokin muu", "sv": "Något annat", "en": "Something else"}
_NONE: Text = {"fi": "Ei mikään näistä", "sv": "Inget av dessa", "en": "None of these"}

TRADEMARK: Text = {
    "fi": "Net Promoter Score ja NPS ovat Bain & Companyn, NICE Satmetrixin ja Fred Reichheldin "
    "rekisteröityjä tavaramerkkejä.",
    "sv": "Net Promoter Score och NPS är registrerade varumärken som tillhör Bain & Company, NICE Satmetrix "
    "och Fred Reichheld.",
    "en": "Net Promoter Score and NPS are registered trademarks of Bain & Company, NICE Satmetrix and "
    "Fred Reichheld.",
}
"""To be shown where an NPS score is shown."""


def in_language(text: Text, language: str) -> str:
    """The text in `language`; where it is missing, in the first language that has it; else empty."""
    return text.get(language) or next((words for words in text.values() if words), "")


def wording_of(question: AnyQuestion, language: str) -> str:
    """The locked wording with its blanks `{about}` and `{matter}` unfilled; empty for other questions."""
    return in_language(_WORDINGS.get(type(question), {}), language)


def default_about(question: AnyQuestion) -> Text:
    """What stands for `{about}` where nothing else was written; empty where the wording has no such blank."""
    return _ABOUT.get(type(question), {})


def default_matter(question: AnyQuestion) -> Text:
    """The same for `{matter}`, of CES."""
    return _MATTER if isinstance(question, Ces) else {}


def text_of(question: AnyQuestion, language: str) -> str:
    """What is asked: the locked wording with its blanks filled, or the text that was written."""
    wording = wording_of(question, language)
    if not wording:
        return in_language(question.text, language)
    about = getattr(question, "about", {}).get(language) or default_about(question).get(language, "")
    matter = getattr(question, "matter", {}).get(language) or default_matter(question).get(language, "")
    return wording.replace("{about}", about).replace("{matter}", matter)


def scale_of(question: AnyQuestion) -> tuple[float, float] | None:
    """The lowest and the highest score; None for what has no scale. Task success is told as 0, 0.5 and 1."""
    match question:
        case Nps():
            return 0, 10
        case Csat():
            return 1, question.scale
        case Ces():
            return 1, 7
        case Smiley():
            return 1, 4
        case Stars():
            return 1, 5
        case TaskSuccess():
            return 0, 1
        case Number(is_scale=True, low=float() | int() as low, high=float() | int() as high):
            return low, high
    return None


def metric_of(question: AnyQuestion) -> str | None:
    """The name under which its answers are scores: nps, csat, ces, smiley, task_success, stars, number; else None."""
    if isinstance(question, (*LOCKED, Stars)):
        return str(question.__struct_config__.tag)
    return "number" if isinstance(question, Number) and question.is_scale else None


def metrics_of(definition: Definition) -> list[str]:
    """The metrics that a survey measures, each once, in the order of its questions."""
    metrics = (metric_of(question) for question in definition.questions)
    return list(dict.fromkeys(metric for metric in metrics if metric))


def ends_of(question: AnyQuestion, language: str) -> tuple[str, str]:
    """What stands at the lowest and at the highest end of a scale; empty where nothing does."""
    if isinstance(question, Number):
        return in_language(question.low_label, language), in_language(question.high_label, language)
    labels = _labels(question, language)
    return (labels[0], labels[-1]) if labels and not isinstance(question, TaskSuccess) else ("", "")


def choices_of(question: AnyQuestion, language: str) -> list[tuple[int | str, str]]:
    """What can be chosen, in order, as (answer's value, label); empty for what is written or filled in.

    The numbers of 0–10 and other number scales are their own labels; `ends_of` says what their ends mean.
    """
    match question:
        case Nps():
            return [(value, str(value)) for value in range(11)]
        case TaskSuccess():
            return list(zip(("yes", "partly", "no"), _labels(question, language), strict=True))
        case Csat() | Ces() | Smiley() | Stars():
            return list(enumerate(_labels(question, language), start=1))
        case Number(is_scale=True, low=float() | int() as low, high=float() | int() as high):
            # A draft may have any limits; no more steps are published, nor could be shown.
            last = min(int(high), int(low) + limits.SCALE_STEPS - 1)
            return [(value, str(value)) for value in range(int(low), last + 1)]
        case Single() | Multiple():
            offered: list[tuple[int | str, str]] = [
                (option.key, in_language(option.text, language)) for option in question.options
            ]
            offered += [("other", in_language(_OTHER, language))] if question.other else []
            offered += [("none", in_language(_NONE, language))] if question.none else []
            return offered
        case Ranking() | Points():
            return [(option.key, in_language(option.text, language)) for option in question.options]
    return []


def _labels(question: AnyQuestion, language: str) -> tuple[str, ...]:
    name = str(question.__struct_config__.tag)
    if isinstance(question, Csat):
        name = f"csat{question.scale}"
    labels = _LABELS.get(name, {})
    return labels.get(language) or labels.get("en", ())
