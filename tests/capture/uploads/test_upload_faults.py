"""What goes wrong with a file: too many of them, and faults that the log tells without what the file says."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from polku.capture.imports.faults import fault_of
from polku.capture.models import Upload
from polku.capture.uploads import work


def failed(text: str) -> Exception:
    try:
        try:
            int(text)
        except ValueError as error:
            raise KeyError(text) from error
    except KeyError as error:
        return error
    raise AssertionError


def test_a_fault_is_told_by_its_kind_and_place_alone():
    told = fault_of(failed("aino@esimerkki.fi"))
    assert told.startswith("KeyError in test_upload_faults.py:")
    assert ", from ValueError in test_upload_faults.py:" in told
    assert "aino" not in told


def test_the_log_of_an_import_that_failed_quotes_no_cell(caplog):
    said = work._problem(failed("aino@esimerkki.fi"), Upload(pk=7))
    assert "aino" not in said + caplog.text
    assert "the import of the upload 7 failed: KeyError in test_upload_faults.py:" in caplog.text


def test_more_files_than_are_taken_at_a_time_are_refused_with_their_number(owner_client, address, settings):
    several = [
        SimpleUploadedFile(f"{number}.csv", b"a;b\n1;2\n")
        for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FILES + 1)
    ]
    answer = owner_client.post(address("import_files"), {"files": several})
    assert answer.status_code == 400
    assert (
        f"Kerralla otetaan enintään {settings.DATA_UPLOAD_MAX_NUMBER_FILES} tiedostoa"
        in answer.content.decode()
    )
    page = owner_client.get(address("imports")).content.decode()
    assert f'data-most-files="{settings.DATA_UPLOAD_MAX_NUMBER_FILES}"' in page
