"""A column of a survey's answers and what it measured: `Delivery=csat 1-5:Was it on time?`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from polku.capture.imports.options import DEFAULT_SCALES, check_scale
from polku.capture.imports.problems import WrongUsage

_WHAT = re.compile(
    r"(?P<column>.+)=(?P<metric>nps|csat|ces|smiley|recommend|text)"
    r"(?: (?P<low>-?\d{1,3})-(?P<high>\d{1,3}))?(?::(?P<name>.+))?",
    re.DOTALL,
)
_OWN_SCALES = ("csat", "recommend")
"""Metrics that are asked on several scales."""
TEXT = "text"
"""The metric of a question that was answered in one's own words."""


@dataclass(frozen=True)
class AskedQuestion:
    """`metric` is one of scores, or TEXT; `scale` is None for TEXT. `name` is what answers call the question."""

    column: str
    metric: str
    scale: tuple[float, float] | None
    name: str

    @property
    def scale_name(self) -> str:
        """`1–5`; "" for texts."""
        return f"{self.scale[0]:g}–{self.scale[1]:g}" if self.scale else ""


def parse_question(text: str, scale: tuple[float, float] | None = None) -> AskedQuestion:
    """`COLUMN`, `COLUMN=METRIC`, `COLUMN=METRIC LOW-HIGH`, any of the latter with `:NAME` behind.

    Without a metric the question is one of satisfaction; `scale` is that of questions that name none and are asked on
    several. Raises WrongUsage where the metric is never asked on its scale.
    """
    match = _WHAT.fullmatch(text)
    if match is None:
        return AskedQuestion(text, "csat", scale or DEFAULT_SCALES["csat"], text)
    column, metric, name = match["column"], match["metric"], (match["name"] or "").strip()
    if metric == TEXT:
        return AskedQuestion(column, TEXT, None, name or column)
    asked = DEFAULT_SCALES[metric]
    if match["low"] is not None:
        asked = (float(match["low"]), float(match["high"]))
    elif scale and metric in _OWN_SCALES:
        asked = scale
    if asked[0] >= asked[1]:
        raise WrongUsage(_("The scale of “%s” does not go from a lower to a higher score.") % column)
    check_scale(metric, *asked)
    return AskedQuestion(column, metric, asked, name or column)


def question_text(column: str, metric: str, scale: tuple[float, float] | None = None, name: str = "") -> str:
    """What `parse_question` reads."""
    ends = f" {scale[0]:g}-{scale[1]:g}" if scale and metric in _OWN_SCALES else ""
    return f"{column}={metric}{ends}" + (f":{name}" if name and name != column else "")


def parse_questions(texts: Iterable[str], scale: tuple[float, float] | None) -> Mapping[str, AskedQuestion]:
    """Column → question. Raises WrongUsage, also where a column or a name is given twice."""
    found: dict[str, AskedQuestion] = {}
    for text in texts:
        question = parse_question(text, scale)
        if question.column in found:
            raise WrongUsage(_("The column “%s” is named twice with --question.") % question.column)
        if any(question.name == other.name for other in found.values()):
            raise WrongUsage(
                _("Two questions are called “%s”; answers could not be told apart.") % question.name
            )
        found[question.column] = question
    return found
