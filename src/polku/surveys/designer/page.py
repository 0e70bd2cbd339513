"""What the designer shows: the list of parts, the part that is open, what is wrong, what is not published yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polku.journeys.models import Touchpoint
from polku.surveys import queries
from polku.surveys.definition.differences import Difference, differences
from polku.surveys.definition.editing import place_of
from polku.surveys.definition.problems import LANGUAGE_NAMES, Problem, problems
from polku.surveys.definition.questions import LANGUAGES, Definition, from_data
from polku.surveys.definition.texts import Completeness, completeness
from polku.surveys.definition.theme import LOWEST_CONTRAST, colours_of, contrast, readable
from polku.surveys.definition.wordings import text_of
from polku.surveys.designer.question_form import TextRow, show_question
from polku.surveys.designer.rule_form import rule_in_words, show_rule
from polku.surveys.designer.words import TYPE_GROUPS, TYPE_HINTS, TYPE_NAMES, read_in
from polku.surveys.models import Survey, SurveyLink, SurveyVersion

PARTS: dict[str, Promise] = {
    "start": gettext_lazy("Title and introduction"),
    "thanks": gettext_lazy("Thanks and next step"),
    "settings": gettext_lazy("Settings"),
    "look": gettext_lazy("Colours"),
    "versions": gettext_lazy("Versions"),
}


@dataclass(frozen=True)
class ListedQuestion:
    key: str
    number: int
    text: str
    type_name: str
    logic: str
    """In words; empty where everybody is asked."""
    problem: str
    missing: int
    """Texts that are missing in some language."""
    is_current: bool
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class LanguageMark:
    code: str
    name: str
    done: Completeness


@dataclass(frozen=True)
class Contrast:
    """How far a colour stands out from the background, and which would do where it does not."""

    name: str
    ratio: float
    needed: float
    is_enough: bool
    better: str


@dataclass
class Designer:
    """The whole page, of the draft as it stands."""

    survey: Survey
    definition: Definition
    part: str
    key: str = ""
    questions: list[ListedQuestion] = field(default_factory=list)
    languages: list[LanguageMark] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    changes: list[Difference] = field(default_factory=list)
    published: SurveyVersion | None = None

    @property
    def blocking(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.is_blocking]

    @property
    def to_mend(self) -> list[tuple[Problem, int]]:
        """What keeps the survey from being published, with the number of its question (0: of none)."""
        numbers = {question.key: question.number for question in self.questions}
        return [(problem, numbers.get(problem.question, 0)) for problem in self.blocking]

    @property
    def here(self) -> list[Problem]:
        """Problems of the part that is open."""
        if self.part == "question":
            return [problem for problem in self.problems if problem.question == self.key]
        places = {"start": ("title", "intro"), "thanks": ("thanks",), "look": ("theme",)}.get(self.part, ())
        return [
            problem
            for problem in self.problems
            if not problem.question and problem.place.startswith(tuple(places) or ("-",))
        ]

    @property
    def breaks_trend(self) -> bool:
        return any(change.breaks_trend for change in self.changes)


def open_designer(survey: Survey, *, part: str, key: str = "") -> Designer:
    """`part` is `question` (with its key) or one of PARTS; what is not there opens the first question."""
    definition = from_data(survey.draft)
    if part not in PARTS:
        part = "question"
        if place_of(definition, key) is None:
            key = definition.questions[0].key if definition.questions else ""
            part = "question" if key else "start"
    page = Designer(survey=survey, definition=definition, part=part, key=key if part == "question" else "")
    page.problems = problems(definition, is_anonymous=survey.is_anonymous)
    page.questions = _listed(page)
    page.languages = [
        LanguageMark(code, str(LANGUAGE_NAMES[code]), done) for code, done in completeness(definition).items()
    ]
    page.published = queries.newest_version(survey)
    if page.published is not None and page.published.definition != survey.draft:
        page.changes = differences(from_data(page.published.definition), definition)
    return page


def editor_context(page: Designer) -> dict[str, Any]:
    """What the part that is open needs beside the page itself."""
    definition, survey = page.definition, page.survey
    names = [(code, str(LANGUAGE_NAMES[code])) for code in definition.languages]
    context: dict[str, Any] = {
        "designer": page,
        "survey": survey,
        "language_names": names,
        "parts": [
            (key, name, key == page.part) for key, name in PARTS.items() if key not in ("start", "thanks")
        ],
        "type_groups": [
            (name, [(kind, TYPE_NAMES[kind], TYPE_HINTS[kind]) for kind in kinds])
            for name, kinds in TYPE_GROUPS
        ],
    }
    if page.part == "question":
        index = place_of(definition, page.key) or 0
        question = definition.questions[index]
        context["form"] = show_question(definition, question, index)
        context["type_name"] = TYPE_NAMES[context["form"].kind]
        context["listed"] = page.questions[index]
        context["number"] = index + 1
        context["done"] = [
            (code, name, completeness(definition, question=index)[code]) for code, name in names
        ]
        context["pipes"] = _pipes(definition, index)
    elif page.part == "start":
        context["texts"] = [
            _row(definition, "title", str(_("Title")), definition.title),
            _row(definition, "intro", str(_("Introduction")), definition.intro, is_long=True),
        ]
    elif page.part == "thanks":
        thanks = definition.thanks
        context["texts"] = [_row(definition, "text", str(_("Thanks")), thanks.text, is_long=True)]
        context["review"] = _row(definition, "review_label", str(_("Text of the link")), thanks.review_label)
        context["review_if"] = show_rule(
            definition, thanks.review_if, prefix="review", before=len(definition.questions)
        )
        context["pipes"] = _pipes(definition, len(definition.questions))
    elif page.part == "settings":
        context |= _settings(page)
    elif page.part == "look":
        context["colours"] = colours_of(definition.theme)
        context["contrasts"] = contrasts(definition)
    elif page.part == "versions":
        context["versions"] = list_versions(survey)
    test = queries.link_of(survey, SurveyLink.Kind.TEST)
    context["test_path"] = queries.path_of(test) if test and page.published else ""
    return context


def contrasts(definition: Definition) -> list[Contrast]:
    theme = colours_of(definition.theme)
    rows = []
    for name, title in (("ink", _("Text and links")), ("accent", _("Buttons"))):
        colour, needed = getattr(theme, name), LOWEST_CONTRAST[name]
        ratio = contrast(colour, theme.background)
        better = readable(colour, theme.background, needed)
        rows.append(Contrast(title, ratio, needed, ratio >= needed, better))
    return rows


@dataclass(frozen=True)
class ListedVersion:
    version: SurveyVersion
    changes: list[Difference]
    answers: int


def list_versions(survey: Survey) -> list[ListedVersion]:
    """The newest first, each with what it changed and how many answers belong to it."""
    versions = list(
        survey.versions.select_related("published_by")
        .annotate(answers=queries.COUNTED_ANSWERS)
        .order_by("number")
    )
    listed = []
    before: Definition | None = None
    for version in versions:
        definition = from_data(version.definition)
        changes = differences(before, definition) if before else []
        listed.append(ListedVersion(version, changes, version.answers))
        before = definition
    return listed[::-1]


def _listed(page: Designer) -> list[ListedQuestion]:
    definition = page.definition
    language = read_in(definition)
    rows = []
    for index, question in enumerate(definition.questions):
        mine = [problem for problem in page.problems if problem.question == question.key]
        done = completeness(definition, question=index)
        logic = []
        if question.show_if is not None:
            logic.append(_("If %s") % rule_in_words(definition, question.show_if, language))
        if question.skips:
            logic.append(_("leads on by answer"))
        rows.append(
            ListedQuestion(
                key=question.key,
                number=index + 1,
                text=text_of(question, language),
                type_name=str(TYPE_NAMES[str(question.__struct_config__.tag)]),
                logic=" · ".join(logic),
                problem=next((each.sentence for each in mine if each.is_blocking), ""),
                missing=sum(each.missing for each in done.values()),
                is_current=question.key == page.key,
                is_first=index == 0,
                is_last=index == len(definition.questions) - 1,
            )
        )
    return rows


def _row(
    definition: Definition, name: str, label: str, text: dict[str, str], *, is_long: bool = False
) -> TextRow:
    cells = [(code, f"{name}-{code}", text.get(code, ""), "") for code in definition.languages]
    return TextRow(label=label, name=name, cells=cells, is_long=is_long)


def _pipes(definition: Definition, before: int) -> list[tuple[str, str]]:
    """What can be told in a text: (the pipe, what it tells)."""
    language = read_in(definition)
    pipes = [
        (f"{{answer.{question.key}}}", f"{number}. {(text_of(question, language) or question.key)[:50]}")
        for number, question in enumerate(definition.questions[:before], start=1)
        if str(question.__struct_config__.tag) != "statement"
    ]
    pipes += [(f"{{field.{name}|…}}", _("Hidden field %s") % name) for name in definition.fields]
    return [*pipes, ("{trait.first_name|…}", _("A trait of the person, here first_name"))]


def _settings(page: Designer) -> dict[str, Any]:
    definition, survey = page.definition, page.survey
    points = Touchpoint.objects.select_related("stage__journey").order_by(
        "stage__journey__created_at", "stage__journey_id", "stage__order_key", "stage_id", "order_key", "pk"
    )
    journeys: dict[str, list[tuple[int, str, bool]]] = {}
    for point in points:
        names = journeys.setdefault(point.stage.journey.name, [])
        names.append((point.pk, f"{point.stage.name}: {point.name}", point.pk == survey.touchpoint_id))
    return {
        "journeys": list(journeys.items()),
        "all_languages": [
            (code, LANGUAGE_NAMES[code], code in definition.languages, code == definition.languages[0])
            for code in LANGUAGES
        ],
        "fields_text": ", ".join(definition.fields),
    }
