"""Codes and posters: what a camera reads leads to the survey."""

from __future__ import annotations

from pathlib import Path

import pytest
import segno

from polku.surveys.definition.questions import Theme
from polku.surveys.inviting import posters
from tests.surveys.inviting.conftest import definition

ADDRESS = "https://polku.example/s/abcdefghijklmnopqrstuvwxyz012345"


class FakeLink:
    """As much of a link as a poster needs."""

    def __init__(self, **settings) -> None:
        self.name, self.settings = "Oulu", settings


def made(size="a4", of=None, is_pdf=True, **settings):
    return posters.poster(
        link=FakeLink(**settings),  # type: ignore[arg-type]
        definition=of or definition(languages=("fi", "sv", "en")),
        company="Kävytär & pojat",
        address=ADDRESS,
        size=size,
        is_pdf=is_pdf,
    )


def test_the_code_is_the_address_with_its_quiet_zone():
    code = segno.make(ADDRESS, error="m", micro=False)
    width = code.symbol_size(border=4)[0]
    assert f'viewBox="0 0 {width} {width}"' in posters.qr_svg(ADDRESS)
    png = posters.qr_png(ADDRESS)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(png[16:20], "big") == width * (1_000 // width)


@pytest.mark.contract
@pytest.mark.parametrize(("size", "box"), [("a4", (595, 842)), ("a5", (420, 595)), ("tent", (842, 595))])
def test_each_size_is_one_sheet_of_its_size(size, box):
    pages = posters.document_of(made(size)).pages
    assert [(round(page.width * 0.75), round(page.height * 0.75)) for page in pages] == [box]


def test_its_words_are_in_every_language_of_the_survey_and_ones_own_where_written():
    html = made(poster={"fi": {"title": "Miten <hyvin>?"}}).html
    assert "Miten &lt;hyvin&gt;?" in html
    assert "Avaa puhelimen kamera" in html
    assert "Hur gick det?" in html
    assert "How did it go?" in html
    assert "Kävytär &amp; pojat" in html


def test_a_poster_has_the_surveys_colours_and_a_code_that_reads_on_any():
    html = made(of=definition(theme=Theme(accent="#ffcc00", background="#102030", ink="#ffffff"))).html
    assert "background: #102030" in html
    assert ".code { background: #ffffff" in html
    assert 'fill="#1b1f23"' in html or 'stroke="#1b1f23"' in html


def test_the_page_to_print_brings_no_file_of_the_servers(tmp_path: Path):
    assert "file:" not in made(is_pdf=False).html


@pytest.mark.contract
def test_the_pdf_has_our_letters_and_takes_no_notice_of_anything_it_does_not_know(caplog):
    pdf = posters.pdf_of(made("a5"))
    assert pdf.startswith(b"%PDF-")
    assert [record.getMessage() for record in caplog.records if record.name.startswith("weasyprint")] == []
