"""Files as people bring them, in a home folder of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.capture.models import Upload
from polku.jobs import queue

ORDERS = (
    "Tilausnumero;Sähköposti;Tilauspäivä;Summa;Tila\r\n"
    "T1;aino@esimerkki.fi;1.3.2024 klo 9.05;1 234,50 €;toimitettu\r\n"
    "T2;eino@esimerkki.fi;13.3.2024 klo 10.15;12,00 €;toimitettu\r\n"
    "T3;aino@esimerkki.fi;joskus;5,00 €;peruttu\r\n"
) + "".join(f"T{n};a{n}@esimerkki.fi;{n}.4.2024 klo 8.00;{n},90 €;toimitettu\r\n" for n in range(4, 24))
"""23 orders, of which one has no day."""


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.POLKU_HOME = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "uploads" / "arriving")
    return tmp_path


@pytest.fixture
def bring(workspace: Workspace, owner_client: Client) -> Callable[..., Upload]:
    """Sends a file as the page does and has it read; the upload as it stands then."""

    def bring_file(content: str | bytes, name: str = "tilaukset.csv", *, read: bool = True) -> Upload:
        body = content.encode("windows-1252") if isinstance(content, str) else content
        address = reverse("capture:import_files", kwargs={"workspace": workspace.slug})
        answer = owner_client.post(address, {"files": SimpleUploadedFile(name, body)})
        assert answer.status_code == 302
        if read:
            queue.work_off()
        with scope(workspace=workspace):
            return Upload.objects.order_by("-pk")[0]

    return bring_file


@pytest.fixture
def address(workspace: Workspace) -> Callable[..., str]:
    """The address of one of the pages."""

    def address_of(name: str, **numbers: int) -> str:
        return reverse(f"capture:{name}", kwargs={"workspace": workspace.slug, **numbers})

    return address_of
