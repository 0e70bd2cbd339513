"""The glossary: its terms, the help beside words, its page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils.translation import override

from polku.site import glossary

PACKAGE = Path(glossary.__file__).resolve().parents[2]


def _drawn(key: str, **context: object) -> str:
    return Template('{% load polku %}{% help "' + key + '" %}').render(Context(context))


def test_every_term_leads_only_to_terms_there_are():
    assert [other for term in glossary.terms() for other in term.see if glossary.find(other) is term] == []


@pytest.mark.parametrize("language", ["fi", "en"])
def test_every_term_says_something_in_both_languages(language):
    with override(language):
        texts = [(str(term.name), str(term.short)) for term in glossary.terms()]
    assert all(name and len(short) > 20 for name, short in texts)
    assert len({name for name, _ in texts}) == len(texts)


def test_terms_stand_in_the_alphabet_of_the_language():
    from polku.site.glossary.term import Term

    names = ["Äiti", "Zulu", "askel", "Åland", "Öljy", "Ostaa"]
    in_order = sorted((Term(name, name, "") for name in names), key=lambda term: term.sorted_by)
    assert [term.name for term in in_order] == ["askel", "Ostaa", "Zulu", "Åland", "Äiti", "Öljy"]


def test_a_key_is_taken_once():
    from polku.site.glossary.term import Term

    nps = glossary.find("nps")
    glossary.register([nps])
    with pytest.raises(ValueError, match="'nps'"):
        glossary.register([Term("nps", "Something else", "Something else")])
    assert glossary.find("nps") is nps


def test_help_is_a_button_with_a_popover_of_its_own(workspace):
    with override("en"):
        html = _drawn("nps", workspace=workspace)
    (target,) = re.findall(r'popovertarget="([^"]+)"', html)
    assert f'id="{target}" popover' in html
    assert 'aria-label="Help: NPS (Net Promoter Score)"' in html
    assert f'href="/w/{workspace.slug}/glossary/#nps"' in html
    assert target not in _drawn("nps", workspace=workspace)


def test_help_needs_no_workspace_and_draws_nothing_without_a_key():
    with override("en"):
        html = _drawn("median")
    assert "The middle one" in html
    assert "href" not in html
    assert Template("{% load polku %}{% help key %}").render(Context({"key": ""})) == ""


def test_an_unknown_word_is_named():
    with pytest.raises(LookupError, match="'npz'"):
        _drawn("npz")


def test_every_help_in_a_template_has_its_term():
    asked = {
        key
        for path in PACKAGE.rglob("templates/**/*.html")
        for key in re.findall(r'\{% help "([^"]*)"', path.read_text(encoding="utf-8"))
    }
    assert asked - {term.key for term in glossary.terms()} == set()


def test_the_page_has_every_term_at_its_address(owner_client, workspace):
    html = owner_client.get(f"/w/{workspace.slug}/glossary/").content.decode()
    assert [term.key for term in glossary.terms() if f'<div id="{term.key}">' not in html] == []
    with override("fi"):
        names = [str(term.name) for term in glossary.terms()]
    main = html[html.index("<main") : html.index("</main>")]
    assert re.findall(r"<dt>(.*?)</dt>", main) == names
