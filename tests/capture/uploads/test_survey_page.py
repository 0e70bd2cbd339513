"""A survey of several questions before it is imported."""

from __future__ import annotations

import re

SURVEY = (
    "Vastaajan ID;Vastausaika;Kuinka helppoa oli asioida (1-7)?;Kuinka todennäköisesti suosittelisit? (0–10)\n"
    "1;13.3.2024 klo 9.05;6;9\n2;14.3.2024 klo 9.05;7;10\n"
)


def test_the_imports_of_a_survey_are_told_apart_by_their_questions(bring, owner_client, address):
    upload = bring(SURVEY)
    page = owner_client.get(address("import_review", upload=upload.pk)).content.decode()
    assert re.findall(r"<strong>(Kyselyvastaukset[^<]*)</strong>", page) == [
        "Kyselyvastaukset: Kuinka helppoa oli asioida (1-7)?",
        "Kyselyvastaukset: Kuinka todennäköisesti suosittelisit? (0–10)",
    ]
    assert "<dt>aikavyöhyke:</dt><dd>Europe/Helsinki</dd>" in page
