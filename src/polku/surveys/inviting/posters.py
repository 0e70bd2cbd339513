"""Posters: a QR code, a few words in the survey's languages, in its colours; as a page to print and as a PDF."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import segno
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from polku.site import documents
from polku.surveys.definition.questions import Definition
from polku.surveys.definition.theme import colours_of, readable
from polku.surveys.inviting.mail_looks import TEXT
from polku.surveys.models import SurveyLink

SIZES: Mapping[str, str] = {"a4": "210mm 297mm", "a5": "148mm 210mm", "tent": "297mm 210mm"}
"""Of the sheet. A tent card is an A4 sheet across, folded twice: the same on both sides, and a foot."""
WORDS: Mapping[str, Mapping[str, str]] = {
    "fi": {
        "title": "Miten meni?",
        "line": "Avaa puhelimen kamera ja osoita koodia. Vastaaminen vie hetken.",
    },
    "sv": {
        "title": "Hur gick det?",
        "line": "Öppna telefonens kamera och rikta den mot koden. Det tar bara en stund att svara.",
    },
    "en": {
        "title": "How did it go?",
        "line": "Open your phone’s camera and point it at the code. Answering takes a moment.",
    },
}


def texts_of(link: SurveyLink, definition: Definition) -> dict[str, dict[str, str]]:
    """Title and line by language, the usual ones where nothing else was written."""
    own = link.settings.get("poster", {})
    return {
        language: {
            name: str(own.get(language, {}).get(name) or WORDS[language][name]) for name in ("title", "line")
        }
        for language in definition.languages
    }


def qr_svg(address: str, *, dark: str = "#1b1f23", is_inline: bool = False) -> str:
    """The code as SVG, with its quiet zone. Error correction M: a poster that is scratched still reads."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out,
        kind="svg",
        border=4,
        dark=dark,
        light=None if is_inline else "#ffffff",
        xmldecl=not is_inline,
        svgns=not is_inline,
        omitsize=True,
        svgclass=None,
        lineclass=None,
    )
    return out.getvalue().decode()


def qr_png(address: str) -> bytes:
    """The code as PNG, about 1,000 pixels wide: sharp on paper up to some 9 cm."""
    code = segno.make(address, error="m", micro=False)
    out = io.BytesIO()
    code.save(out, kind="png", border=4, scale=max(1, 1_000 // code.symbol_size(border=4)[0]))
    return out.getvalue()


@dataclass(frozen=True)
class Poster:
    html: str
    sheet: str
    """The style sheet in its head."""


def poster(
    *, link: SurveyLink, definition: Definition, company: str, address: str, size: str, is_pdf: bool
) -> Poster:
    """The poster as a whole HTML document. `size` is one of SIZES."""
    colours = colours_of(definition.theme)
    looks = {
        "size": SIZES[size],
        "accent": readable(colours.accent, colours.background, TEXT),
        "ink": colours.ink,
        "background": colours.background,
        "soft": readable("#5d646b", colours.background, TEXT),
        "font": documents.font_face() if is_pdf else "",
        "is_pdf": is_pdf,
        "scale": {"a4": "1", "a5": "0.7", "tent": "0.62"}[size],
    }
    sheet = render_to_string("surveys/collect_poster.css", looks)
    texts = texts_of(link, definition)
    context: dict[str, Any] = {
        "link": link,
        "company": company,
        "size": size,
        "sides": ["front", "back"] if size == "tent" else ["front"],
        "languages": [{"code": code, **texts[code]} for code in definition.languages],
        # Safe: segno's own SVG of modules, without any text.
        "qr": mark_safe(qr_svg(address, is_inline=True)),  # noqa: S308
        "sheet": SafeString(sheet),
        "is_pdf": is_pdf,
    }
    return Poster(render_to_string("surveys/collect_poster.html", context), sheet)


def pdf_of(made: Poster) -> bytes:
    """The poster as PDF; takes about a second."""
    return documents.pdf_of(made.html)


def document_of(made: Poster) -> Any:
    """Its sheets, laid out."""
    return documents.document_of(made.html)
