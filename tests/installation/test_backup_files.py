"""What may be wrong with the file of a backup: nothing is changed then, and a sentence says why."""

from __future__ import annotations

import hashlib
import io
import json
import resource
import tarfile
from pathlib import Path

import pytest
from django.utils import translation

from polku.installation.backup import BackupProblem, create_backup, restore_backup
from polku.installation.backup.archive import BackupWriter, Manifest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def home(tmp_path) -> Path:
    """Beside what the store has open: a restore would replace it, and never comes that far here."""
    folder = tmp_path / "home"
    (folder / "rejected").mkdir(parents=True)
    (folder / "rejected" / "orders-rejected.csv").write_text("line,reason\n")
    return folder


@pytest.fixture
def backup(transactional_db, home, workspace, tmp_path) -> Path:
    file = tmp_path / "backup.tar"
    assert create_backup(home=home, file=file).workspaces == 1
    return file


def flip_a_byte(file: Path) -> None:
    with tarfile.open(file) as tar:
        place = tar.getmember("database.sqlite3").offset_data + 4096
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)


def cut_short(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def lead_out_of_the_folder(file: Path) -> None:
    rewrite(
        file,
        lambda manifest: manifest["files"].update({"../out": {"size": 1, "sha256": "x"}}),
        {"../out": b"x"},
    )


def come_from_later(file: Path) -> None:
    rewrite(file, lambda manifest: manifest["migrations"].append(["accounts", "0999_later"]), {})


def be_of_another_database(file: Path) -> None:
    rewrite(file, lambda manifest: manifest.update({"database": "postgresql"}), {})


def be_a_folder(file: Path) -> None:
    name = "rejected/."
    rewrite(file, lambda manifest: manifest["files"].update({name: {"size": 0, "sha256": "x"}}), {name: b""})


def have_holes(file: Path) -> None:
    """Add half a kilobyte that says that it is a file of 300 GB, of which nothing is written but that."""
    content = bytes(512)
    told = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    rewrite(file, lambda manifest: manifest["files"].update({"rejected/holes": told}), {})
    with tarfile.open(file) as tar:
        members = [(entry, tar.extractfile(entry).read()) for entry in tar]  # type: ignore[union-attr]
    holes = tarfile.TarInfo("rejected/holes")
    holes.size = len(content)
    holes.pax_headers = {
        "GNU.sparse.size": str(300 * 10**9),
        "GNU.sparse.numblocks": "1",
        "GNU.sparse.map": "0,512",
    }
    with tarfile.open(file, "w", format=tarfile.PAX_FORMAT) as tar:
        for entry, written in [(holes, content), *members]:
            tar.addfile(entry, io.BytesIO(written))


def telling(**fields: object):
    """A manifest that tells something of another form than it should."""
    return lambda file: rewrite(file, lambda manifest: manifest.update(fields), {})


def nest_deeply(file: Path) -> None:
    content = b"[" * 200_000
    with tarfile.open(file, "w") as tar:
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))


def rewrite(file: Path, change, more: dict[str, bytes]) -> None:
    with tarfile.open(file) as tar:
        members = {entry.name: tar.extractfile(entry).read() for entry in tar}  # type: ignore[union-attr]
    manifest = json.loads(members.pop("manifest.json"))
    change(manifest)
    members |= more | {"manifest.json": json.dumps(manifest).encode()}
    with tarfile.open(file, "w") as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (flip_a_byte, "damaged"),
        (cut_short, "not a whole backup"),
        (lead_out_of_the_folder, "does not belong there"),
        (come_from_later, "later Polku"),
        (be_of_another_database, "DATABASE_URL"),
        (lambda file: file.write_bytes(b"PK\3\4 no tar"), "not a whole backup"),
        (be_a_folder, "does not belong there"),
        (have_holes, "damaged"),
        (nest_deeply, "not a whole backup"),
        (telling(files={}), "not a whole backup"),
        (telling(files=[]), "not a whole backup"),
        (telling(files={"secret_key": {"size": "1", "sha256": ""}}), "not a whole backup"),
        (telling(migrations=[["accounts"]]), "not a whole backup"),
        (telling(columns={'"a" (b) FROM PROGRAM \'id\' --"': ["b"]}), "not a whole backup"),
        (telling(columns={"../../secret": ["b"]}), "not a whole backup"),
        (telling(signals={"a": None}), "not a whole backup"),
    ],
)
def test_a_backup_that_cannot_be_restored_changes_nothing(home, backup, spoil, told):
    spoil(backup)
    before = sorted(home.rglob("*"))
    with pytest.raises(BackupProblem, match=told):
        restore_backup(home=home, file=backup)
    assert sorted(home.rglob("*")) == before


def test_a_whole_backup_lists_everything_with_its_sum(home, workspace, backup):
    with tarfile.open(backup) as tar:
        names = [entry.name for entry in tar]
        manifest = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]
    events = f"events/{workspace.key.hex}.duckdb"
    assert names == ["database.sqlite3", "rejected/orders-rejected.csv", events, "manifest.json"]
    assert sorted(manifest["files"]) == sorted(names[:-1])
    assert manifest["signals"] == {workspace.key.hex: 0}
    assert [file.name for file in home.iterdir()] == ["rejected"]


def test_a_backup_that_cannot_be_written_leaves_nothing(home, workspace, store, tmp_path):
    with pytest.raises(BackupProblem, match="no folder"):
        create_backup(home=home, file=tmp_path / "none" / "backup.tar")
    store.drop(workspace.key.hex)
    with pytest.raises(BackupProblem, match="no event store"):
        create_backup(home=home, file=tmp_path / "backup.tar")
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []
    assert [file.name for file in home.iterdir()] == ["rejected"]


def test_a_disk_that_is_full_is_left_without_half_a_backup(tmp_path):
    """The last bytes fail twice then: when they are written, and when the file is closed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    manifest = Manifest(version="1", created_at="2024-03-01T00:00:00+00:00", database="sqlite")
    (tmp_path / "list").write_bytes(bytes(9_000))
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, hard))
    try:
        with pytest.raises(OSError), BackupWriter(tmp_path / "backup.tar", manifest) as writer:
            writer.add("rejected/list", tmp_path / "list")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []
