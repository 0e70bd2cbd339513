"""From a file to the store through the pages: shown, decided, imported, mended, remembered, deleted."""

from __future__ import annotations

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django_scopes import scope

from polku.accounts.models import AuditEntry
from polku.capture.models import ImportRun, RememberedMapping, Upload, UploadedPart
from polku.capture.uploads import decisions, files, work
from polku.jobs import queue
from polku.jobs.models import Job
from tests.capture.uploads.conftest import ORDERS

pytestmark = pytest.mark.contract

OPEN_DATES = "Tilausnumero;Sähköposti;Tilauspäivä;Summa\r\n" + "".join(
    f"T{n};a{n}@esimerkki.fi;0{n}/0{n + 1}/2024 12:30;{n},50\r\n" for n in range(1, 8)
)


def texts(page) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def shown_form(page) -> dict[str, list[str]]:
    """What a browser would send of the page's form, without its buttons."""
    html = re.search(r'<form method="post" class="import-form">.*?</form>', page.content.decode(), re.DOTALL)[
        0
    ]
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", html):
        name = re.search(r'name="([^"]*)"', tag)[1]
        value = re.search(r'value="([^"]*)"', tag)
        kind = (re.search(r'type="(\w+)"', tag) or [None, "text"])[1]
        if kind in ("checkbox", "radio") and " checked" not in tag:
            continue
        fields.setdefault(name, []).append(value[1] if value else "on" if kind == "checkbox" else "")
    for name, body in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body) or re.search(r'value="([^"]*)"', body)
        fields[name] = [chosen[1]]
    return fields


def result_of(upload: Upload) -> dict:
    with scope(workspace=upload.workspace):
        (run,) = ImportRun.objects.filter(part__upload=upload)
        return run.result | {"state": run.state, "problem": run.problem}


def test_a_file_is_shown_as_it_was_understood_and_imported_as_shown(
    bring, owner_client, address, workspace, store
):
    upload = bring(ORDERS)
    assert upload.state == "review"
    page = owner_client.get(address("import_review", upload=upload.pk))
    assert "Päivä ja kellonaika muotoa 1.3.2024 klo 9.05 Tilausaika" in texts(page)
    assert "Rahasumma desimaalipilkku Summa" in texts(page)
    assert "merkistö: Windows-1252" in texts(page)
    answer = owner_client.post(address("import_review", upload=upload.pk), shown_form(page) | {"import": "1"})
    assert answer.status_code == 302
    queue.work_off()
    result = result_of(upload)
    assert (result["state"], result["accepted"], result["known"], result["rejected"]) == ("done", 22, 0, 1)
    assert store.state(workspace.key.hex).version > 0
    with scope(workspace=workspace):
        actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
        assert actions[-2:] == ["upload.added", "upload.imported"]
    assert "joskus" in texts(owner_client.get(address("import_review", upload=upload.pk)))
    folder, version = files.folder_of(upload), store.state(workspace.key.hex).version
    assert files.file_of(upload).is_file()
    assert upload.name in texts(owner_client.get(address("import_delete", upload=upload.pk)))
    owner_client.post(address("import_delete", upload=upload.pk), {"for_good": "on"})
    assert not folder.exists()
    assert store.state(workspace.key.hex).version == version


def test_rows_that_are_no_text_can_be_mended_too(bring, owner_client, address, workspace):
    spoilt = ORDERS.encode().replace(b"T7;a7", b"T7;\xc3a7")
    upload = bring(spoilt)
    owner_client.post(address("import_review", upload=upload.pk), {"import": "1"})
    queue.work_off()
    with scope(workspace=workspace):
        run = ImportRun.objects.get()
    assert run.result["rejected"] == 2
    rejected = address("import_rejected", upload=upload.pk, run=run.pk)
    mendable = owner_client.get(rejected, {"form": "mend"}).content.decode("utf-8-sig").splitlines()
    assert mendable[1:] == [
        "T3;aino@esimerkki.fi;joskus;5,00 €;peruttu",
        "T7;�a7@esimerkki.fi;7.4.2024 klo 8.00;7,90 €;toimitettu",
    ]


def test_rejected_rows_are_downloaded_mended_and_brought_again(bring, owner_client, address, workspace):
    upload = bring(ORDERS)
    owner_client.post(address("import_review", upload=upload.pk), {"import": "1"})
    queue.work_off()
    with scope(workspace=workspace):
        run = ImportRun.objects.get()
    rejected = address("import_rejected", upload=upload.pk, run=run.pk)
    table = owner_client.get(rejected).content.decode()
    assert table.startswith("line,reason,raw\r\n4,")
    mendable = owner_client.get(rejected, {"form": "mend"}).content.decode("utf-8-sig")
    assert mendable == (
        "Tilausnumero;Sähköposti;Tilauspäivä;Summa;Tila\r\nT3;aino@esimerkki.fi;joskus;5,00 €;peruttu\r\n"
    )
    mended = mendable.replace("joskus", "15.3.2024 klo 8.00")
    again = bring(b"\xef\xbb\xbf" + mended.encode(), "korjatut.csv")
    page = owner_client.get(address("import_review", upload=again.pk))
    assert "sama muoto kuin ennen" in texts(page)
    owner_client.post(address("import_review", upload=again.pk), shown_form(page) | {"import": "1"})
    queue.work_off()
    assert (result_of(again)["accepted"], result_of(again)["rejected"]) == (1, 0)
    with scope(workspace=workspace):
        mapping = RememberedMapping.objects.get()
    page = owner_client.post(address("forget_mapping", mapping=mapping.pk), follow=True).content.decode()
    with scope(workspace=workspace):
        assert RememberedMapping.objects.count() == 0
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    for _twice in range(2):
        owner_client.post(address("restore_mapping"), {"token": token})
    with scope(workspace=workspace):
        again = RememberedMapping.objects.get()
    assert (again.name, again.fingerprint, again.mappings) == (
        mapping.name,
        mapping.fingerprint,
        mapping.mappings,
    )


def test_the_same_file_again_adds_nothing(bring, owner_client, address):
    for known in (0, 22):
        upload = bring(ORDERS)
        owner_client.post(address("import_review", upload=upload.pk), {"import": "1"})
        queue.work_off()
        assert (result_of(upload)["accepted"], result_of(upload)["known"]) == (22 - known, known)


def test_nothing_is_imported_before_every_question_is_answered(bring, owner_client, address, workspace):
    upload = bring(OPEN_DATES)
    place = address("import_review", upload=upload.pk)
    page = owner_client.get(place)
    with scope(workspace=workspace):
        (question,) = decisions.open_questions(upload.parts.get())
    assert (question.about, question.column) == ("month_first", "Tilauspäivä")
    refused = owner_client.post(place, shown_form(page) | {"import": "1"})
    assert refused.status_code == 422
    assert "Valitse yksi." in texts(refused)
    month = next(choice.value for choice in question.choices if choice.value == "month")
    owner_client.post(place, shown_form(page) | {"import": "1", "p0-q0": month})
    queue.work_off()
    result = result_of(upload)
    assert (result["state"], result["accepted"]) == ("done", 7)
    assert result["recognised"]["dates"] == {"Tilauspäivä": "MM/DD/YYYY HH:MM"}


def test_columns_kinds_and_properties_can_be_chosen_otherwise(bring, owner_client, address, workspace):
    upload = bring(ORDERS)
    place = address("import_review", upload=upload.pk)
    form = shown_form(owner_client.get(place))
    form |= {"p0-m0-status": [""], "p0-m0-properties": ["Tila"], "p0-m0-properties-shown": ["1"]}
    owner_client.post(place, form | {"add": "p0:people"})
    page = owner_client.get(place)
    assert 'name="p0-m1-person"' in page.content.decode()
    refused = owner_client.post(place, shown_form(page) | {"import": "1"})
    assert refused.status_code == 422
    assert "Valitse sarake kohtaan ”Asiakas”." in texts(refused)
    owner_client.post(place, shown_form(refused) | {"import": "1", "p0-m1-person": "Sähköposti"})
    queue.work_off()
    with scope(workspace=workspace):
        runs = [run.mapping for run in ImportRun.objects.all()]
    assert [(run["kind"], run["options"]["person"]) for run in runs] == [
        ("orders", "Sähköposti"),
        ("people", "Sähköposti"),
    ]
    assert (runs[0]["options"]["status"], runs[0]["options"]["properties"]) == (None, ["Tila"])


def test_what_is_unticked_is_left_out(bring, owner_client, address):
    upload = bring(ORDERS)
    place = address("import_review", upload=upload.pk)
    form = shown_form(owner_client.get(place))
    del form["p0-m0-chosen"]
    assert owner_client.post(place, form | {"import": "1"}).status_code == 422


def test_a_wrong_reading_is_corrected_and_what_cannot_be_read_says_so(
    bring, owner_client, address, workspace
):
    upload = bring("Yhteenveto;;\r\n" + ORDERS)
    place = address("import_review", upload=upload.pk)
    form = shown_form(owner_client.get(place))
    assert form["p0-header_line"] == ["2"]
    owner_client.post(place, form | {"again": "1", "p0-header_line": "3"})
    queue.work_off()
    page = owner_client.get(place)
    assert "otsikot: rivi 3" in texts(page)
    owner_client.post(place, shown_form(page) | {"again": "1", "p0-header_line": "40"})
    queue.work_off()
    assert "Tiedostoa ei voinut lukea niin" in texts(owner_client.get(place))
    wrong = owner_client.post(place, form | {"again": "1", "p0-timezone": "Europe/Turku"})
    assert wrong.status_code == 422


def test_several_files_are_kept_and_a_damaged_one_says_why(owner_client, address, workspace):
    answer = owner_client.post(
        address("import_files"),
        {
            "files": [
                SimpleUploadedFile("a.csv", ORDERS.encode()),
                SimpleUploadedFile("../../rikki.xlsx", b"PK\x03\x04" + b"x" * 200),
                SimpleUploadedFile("tyhja.csv", b""),
                SimpleUploadedFile("nolla.csv", ORDERS.replace("12,00", "12\0,00").encode()),
            ]
        },
        headers={"accept": "application/json"},
    )
    assert answer.json() == {"address": address("imports")}
    queue.work_off()
    with scope(workspace=workspace):
        states = {upload.name: upload.state for upload in Upload.objects.all()}
        kept = [part.inspection for part in UploadedPart.objects.all()]
    assert states.pop("nolla.csv") in ("review", "failed")
    assert "\\u0000" not in json.dumps(kept)  # PostgreSQL keeps no such character
    assert states == {"a.csv": "review", "rikki.xlsx": "failed"}
    assert "tyhja.csv on tyhjä." in texts(owner_client.get(address("imports")))


def test_an_import_that_was_killed_is_done_again_and_says_so(bring, owner_client, address, workspace):
    upload = bring(ORDERS)
    owner_client.post(address("import_review", upload=upload.pk), {"import": "1"})
    job = queue.claim()
    assert job is not None
    with scope(workspace=workspace):
        ImportRun.objects.update(state="loading")  # and then the process ended
    assert queue.recover() == 1
    queue.work_off()
    assert result_of(upload)["state"] == "done"
    assert "Tuonti keskeytyi ja tehtiin alusta uudelleen" in texts(
        owner_client.get(address("import_review", upload=upload.pk))
    )


def test_a_file_that_kills_the_server_is_given_up_and_can_be_deleted(bring, owner_client, address, workspace):
    """First while it is read, then another while it is imported."""
    unread = bring(ORDERS, "lukematon.csv", read=False)
    upload = bring(ORDERS.replace("T1;", "T0;"), read=False)
    reading = list(Job.objects.filter(state="waiting").order_by("pk"))
    die_over(reading[0])
    queue.work_off()
    owner_client.post(address("import_review", upload=upload.pk), {"import": "1"})
    (importing,) = Job.objects.filter(state="waiting")
    die_over(importing)
    for each in (unread, upload):
        said = texts(owner_client.get(address("import_review", upload=each.pk)))
        assert "Palvelin pysähtyi joka kerta, kun se käsitteli tätä tiedostoa" in said
        owner_client.post(address("import_delete", upload=each.pk))
    with scope(workspace=workspace):
        assert list(Upload.objects.all()) == []


def die_over(job: Job) -> None:
    """As if the process had ended each time while it worked the job."""
    Job.objects.filter(pk=job.pk).update(state="running", attempts=queue.ATTEMPTS)
    assert queue.recover() == 0


NONSENSE = [
    {"p0-m0-id": "ei ole", "p0-m0-value": "\x00"},
    {"p0-header_line": "9" * 30, "p0-delimiter": "§", "p0-encoding": "utf-7"},
    {"add": "p0:constructor"},
    {"add": "p9:orders", "p0-kind": "virus"},
    {"p0-q0": "x", "p0-c2-order": "year", "p0-c3-decimal": "both"},
]


def test_nonsense_in_the_form_changes_nothing(bring, owner_client, address, workspace):
    upload = bring(ORDERS)
    place = address("import_review", upload=upload.pk)
    form = shown_form(owner_client.get(place)) | {"save": "1"}
    with scope(workspace=workspace):
        before = decisions.chosen(upload.parts.get(), "Europe/Helsinki")
        for fields in NONSENSE:
            assert owner_client.post(place, form | fields).status_code == 302
            assert Upload.objects.get().state == "review"
            assert decisions.chosen(upload.parts.get(), "Europe/Helsinki") == before


def test_a_form_of_an_earlier_reading_answers_nothing(bring, owner_client, address, workspace):
    upload = bring(OPEN_DATES)
    place = address("import_review", upload=upload.pk)
    form = shown_form(owner_client.get(place))
    owner_client.post(place, form | {"p0-header_line": "2"})
    queue.work_off()
    stale = owner_client.post(place, form | {"import": "1", "p0-q0": "month"})
    assert stale.status_code == 422
    assert "luettiin sillä välin uudelleen" in texts(stale)
    with scope(workspace=workspace):
        part = upload.parts.get()
        assert (part.answers, part.reading, Upload.objects.get().state) == ({}, {"header_line": 2}, "review")


def test_a_viewer_may_not_import(bring, client, teammate, address):
    upload = bring(ORDERS)
    client.force_login(teammate, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(address("imports")).status_code == 403
    assert client.get(address("import_review", upload=upload.pk)).status_code == 403


def test_a_file_that_is_not_on_the_server_any_more_is_asked_for_without_its_place(
    bring, owner_client, address
):
    upload = bring(ORDERS)
    files.file_of(upload).unlink()  # as after a backup was restored
    owner_client.post(address("import_review", upload=upload.pk), {"import": "1"})
    queue.work_off()
    assert (result_of(upload)["state"], result_of(upload)["problem"]) == (
        "failed",
        "tilaukset.csv ei ole enää palvelimella. Tuo se uudelleen.",
    )


def test_what_is_deleted_while_it_is_read_comes_in_no_more(bring, owner_client, address, workspace, store):
    upload = bring(ORDERS)
    owner_client.post(address("import_review", upload=upload.pk), {"import": "1"})
    version = store.state(workspace.key.hex).version
    with scope(workspace=workspace):
        run = ImportRun.objects.get()
        ImportRun.objects.all().delete()
        work._run(upload, run)
    assert store.state(workspace.key.hex).version == version
