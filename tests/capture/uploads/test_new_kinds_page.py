"""Answers with several questions and spend in the browser: shown, corrected, imported."""

from __future__ import annotations

from datetime import date

from django_scopes import scope

from polku.analytics.spend import spend_by_source
from polku.capture.models import ImportRun
from polku.capture.uploads.decisions import version_of
from polku.eventstore.port import Scope
from polku.jobs import queue

ROWS = "".join(
    f"v{n};{1 + n}.3.2024;{1 + n % 5};{5 - n % 5};{1 + n % 5};{2 + n % 3};Hyvin {n}\n" for n in range(12)
)
SURVEY = (
    "Vastaajan tunnus;Vastausaika;Tyytyväisyys toimitukseen (1-5);Tyytyväisyys hintaan (1-5);"
    f"Tyytyväisyys laatuun (1-5);Tyytyväisyys palveluun (1-5);Kommentti\n{ROWS}"
)


def results(workspace):
    with scope(workspace=workspace):
        return [run.result["accepted"] for run in ImportRun.objects.order_by("pk")]


def test_what_was_asked_is_corrected_column_by_column(bring, owner_client, address, workspace, store):
    upload = bring(SURVEY)
    review = address("import_review", upload=upload.pk)
    page = owner_client.get(review).content.decode()
    assert "Vastaukset useaan kysymykseen" in page
    with scope(workspace=workspace):
        part = upload.parts.get()
    form = {"p0-shown": version_of(part), "p0-m0-chosen": "on", "p0-m0-time": "Vastausaika"}
    form |= {"p0-m0-person": "Vastaajan tunnus", "p0-m0-question3": "", "p0-m0-question4": "csat 1-7"}
    form |= {"p0-m0-question5": "nonsense", "import": "1"}
    assert owner_client.post(review, form).status_code == 302
    queue.work_off()
    assert results(workspace) == [12 * 4]
    table = store.scores(
        workspace.key.hex, Scope(), "csat", interval=None, group_by=("question",)
    ).to_pylist()
    asked = {(row["g0"], row["scale_low"], row["scale_high"]) for row in table}
    assert asked == {
        ("Tyytyväisyys toimitukseen (1-5)", 1, 5),
        ("Tyytyväisyys laatuun (1-5)", 1, 7),
        ("Tyytyväisyys palveluun (1-5)", 1, 5),
    }


def test_without_any_question_it_says_so(bring, owner_client, address, workspace):
    upload = bring(SURVEY)
    with scope(workspace=workspace):
        part = upload.parts.get()
    form = {f"p0-m0-question{n}": "" for n in range(7)}
    form |= {"p0-shown": version_of(part), "p0-m0-chosen": "on", "import": "1"}
    answer = owner_client.post(address("import_review", upload=upload.pk), form)
    assert answer.status_code == 422
    assert "Valitse ainakin yhdestä sarakkeesta" in answer.content.decode()


def test_spend_comes_in_and_shows_among_the_sources(bring, owner_client, address, workspace, store):
    upload = bring("Päivä;Lähde;Kustannus\n1.3.2024;google;120,50\n13.3.2024;meta;80,00\n", name="kulut.csv")
    with scope(workspace=workspace):
        part = upload.parts.get()
    form = {"p0-shown": version_of(part), "p0-m0-chosen": "on", "import": "1"}
    owner_client.post(address("import_review", upload=upload.pk), form)
    queue.work_off()
    assert results(workspace) == [2]
    with scope(workspace=workspace):
        spent = spend_by_source(workspace, date(2024, 3, 1), date(2024, 4, 1))
    assert spent == {"google": 120.5, "meta": 80.0}
    assert "Mainoskulut tiedostoista" in owner_client.get(address("sources")).content.decode()
