"""Typed settings from the environment, or from the file that VARIABLE_FILE names; a wrong one gives a hint."""

from __future__ import annotations

import os
import secrets
from datetime import datetime, time
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}
_SHORTEST_TOKEN = 16


def text(name: str, default: str = "") -> str:
    """The variable's text; `NAME_FILE` names a file that holds it instead (for secrets)."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names a file that cannot be read: {error}") from error
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    value = text(name, "1" if default else "0").strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; write 1 or 0.")


def integer(name: str, default: int, *, low: int, high: int) -> int:
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number.") from None
    if not low <= number <= high:
        raise ImproperlyConfigured(f"{name} is {number}; it must be between {low} and {high}.")
    return number


def choice(name: str, default: str, *, known: tuple[str, ...]) -> str:
    value = text(name, default).strip().upper()
    if value not in known:
        raise ImproperlyConfigured(f"{name} is {value!r}; it can be {', '.join(known)}.")
    return value


def time_of_day(name: str, default: str) -> time | None:
    """A time like 03:30; None for `off`."""
    value = text(name, default).strip().lower()
    if value == "off":
        return None
    try:
        return datetime.strptime(value, "%H:%M").time()
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; write a time like {default}, or off.") from None


def listing(name: str) -> list[str]:
    return [part.strip() for part in text(name).split(",") if part.strip()]


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Networks like 10.1.0.0/16, or single addresses, with commas between."""
    try:
        return [ip_network(part) for part in listing(name)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}; write networks like 10.1.0.0/16.") from None


def file(name: str) -> Path | None:
    """The file that the variable names; whether it can be read shows when it is."""
    path = text(name).strip()
    return Path(path).expanduser().resolve() if path else None


def token(name: str) -> str:
    """A secret that programs send; empty where none was given."""
    value = text(name).strip()
    if value and len(value) < _SHORTEST_TOKEN:
        raise ImproperlyConfigured(
            f"{name} is too short; give it at least {_SHORTEST_TOKEN} random characters."
        )
    return value


def home() -> Path:
    """The folder where everything lives; made on first use, readable by its owner only."""
    path = Path(text("POLKU_HOME") or "~/.polku").expanduser().resolve()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def secret_key(folder: Path) -> str:
    """POLKU_SECRET_KEY, or a key made on first use and kept in the home folder (mode 0600)."""
    given = text("POLKU_SECRET_KEY")
    if given:
        if len(given) < 32:
            raise ImproperlyConfigured(
                "POLKU_SECRET_KEY is too short; give it at least 32 random characters."
            )
        return given
    path = folder / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text(encoding="ascii", errors="replace").strip()
        if len(kept) < 32:  # the disk was full, or the machine stopped, when it was made
            raise ImproperlyConfigured(f"{path} holds no key; delete it and a new one is made.") from None
        return kept
    with os.fdopen(descriptor, "w") as handle:
        key = secrets.token_urlsafe(64)
        handle.write(key)
    return key


def database(folder: Path) -> dict[str, object]:
    """Django's DATABASES["default"]: SQLite in the home folder, or PostgreSQL by DATABASE_URL."""
    url = text("DATABASE_URL")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / "polku.sqlite3",
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    hint = "DATABASE_URL must look like postgresql://user:password@host:5432/name; leave it out for SQLite."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(hint) from error
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(hint)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),  # %2F… names the folder of a Unix socket
        "PORT": str(port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


class MailServer(NamedTuple):
    host: str
    port: int
    user: str
    password: str
    ssl: bool
    starttls: bool


def mail() -> tuple[bool, MailServer]:
    """Whether e-mail is sent, and the server that POLKU_MAIL_URL names.

    `smtps://` speaks TLS from the start; `smtp://` turns it on with STARTTLS, except towards this very machine.
    """
    url = text("POLKU_MAIL_URL")
    if not url:
        return False, MailServer("localhost", 25, "", "", ssl=False, starttls=False)
    hint = "POLKU_MAIL_URL must look like smtp://user:password@host:587 or smtps://user:password@host:465."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(hint) from error
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured(hint)
    ssl = parts.scheme == "smtps"
    return True, MailServer(
        host=parts.hostname,
        port=port or (465 if ssl else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        ssl=ssl,
        starttls=not ssl and parts.hostname not in {"localhost", "127.0.0.1", "::1"},
    )


class MailBox(NamedTuple):
    host: str
    port: int
    user: str
    password: str
    folder: str
    ssl: bool


def mail_box() -> MailBox | None:
    """The mailbox of POLKU_MAIL_BOX, into which come messages that could not be delivered; None where there is none."""
    url = text("POLKU_MAIL_BOX")
    if not url:
        return None
    hint = "POLKU_MAIL_BOX must look like imaps://user:password@host/INBOX."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(hint) from error
    is_here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if parts.scheme not in ({"imaps", "imap"} if is_here else {"imaps"}) or not parts.hostname:
        raise ImproperlyConfigured(hint)
    ssl = parts.scheme == "imaps"
    return MailBox(
        host=parts.hostname,
        port=port or (993 if ssl else 143),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        ssl=ssl,
    )


def mail_address(name: str) -> str:
    """An e-mail address without a name; empty where none was given."""
    value = text(name).strip()
    if value and (value.count("@") != 1 or any(sign in value for sign in " <>,;") or value.endswith("@")):
        raise ImproperlyConfigured(f"{name} is {value!r}; write an address like bounces@example.com.")
    return value
