"""Where people reach the server: for links that commands print."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from polku.cli.paths import run_folder

_DEFAULT = "http://localhost:8000"


def note_address(home: Path, address: str) -> None:
    """Keep where the server listens, for commands beside it and after it."""
    (run_folder(home) / "address").write_text(address + "\n", encoding="ascii")


def public_address(home: Path) -> str:
    """Scheme, host and port: of the first of POLKU_HOSTS where HTTPS is spoken in front, else of the server as it was
    started last."""
    hosts = [host.lstrip(".") for host in settings.HOSTS if host != "*"]
    if settings.HTTPS and hosts:
        return f"https://{hosts[0]}"
    try:
        return (run_folder(home) / "address").read_text(encoding="ascii").strip() or _DEFAULT
    except FileNotFoundError:
        return _DEFAULT
