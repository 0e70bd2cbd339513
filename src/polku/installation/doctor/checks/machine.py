"""The folder, the disk, the memory and the clock."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from polku.installation.doctor.finding import Finding
from polku.site.assets import manifest

_MEGABYTE = 1_000_000
_LITTLE, _VERY_LITTLE = 2_000 * _MEGABYTE, 300 * _MEGABYTE
_MEMORY = 1_900 * _MEGABYTE
_CLOCK = 120  # seconds


def home_folder() -> Finding:
    home = Path(settings.POLKU_HOME)
    found = home.stat()
    if not os.access(home, os.W_OK | os.X_OK):
        return Finding.failed(
            "home",
            _("%s cannot be written to.") % home,
            _("Let it belong to the user who runs Polku: chown -R USER %s") % home,
        )
    if found.st_mode & 0o077:
        return Finding.warning(
            "home", _("Others on this machine may look into %s.") % home, f"chmod 700 {home}"
        )
    key = home / "secret_key"
    if key.exists() and key.stat().st_mode & 0o077:
        return Finding.failed("home", _("Others on this machine may read %s.") % key, f"chmod 600 {key}")
    return Finding.ok("home", _("Everything is in %s, which only its owner sees.") % home)


def disk() -> Finding:
    home = Path(settings.POLKU_HOME)
    free = shutil.disk_usage(home).free
    # The nightly upkeep writes the largest store anew, and a backup everything.
    data = sum(file.stat().st_size for file in home.glob("events/*/*.duckdb"))
    told = {"free": round(free / 1e9, 1), "data": round(data / 1e9, 1)}
    says = _("%(free)s GB of the disk are free; the stores have %(data)s GB.") % told
    mend = _("Make room or a larger disk: nightly upkeep and backups need twice the size of the stores.")
    if free < _VERY_LITTLE:
        return Finding.failed("disk", says, mend)
    if free < max(_LITTLE, 2 * data):
        return Finding.warning("disk", says, mend)
    return Finding.ok("disk", says)


def memory() -> Finding:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    says = _("The machine has %s GB of memory.") % round(total / 1e9, 1)
    if total < _MEMORY:
        return Finding.warning(
            "memory",
            says,
            _("Ten million signals want two gigabytes; with less, large questions may be refused."),
        )
    return Finding.ok("memory", says)


def clock() -> Finding:
    """The files of the inbox are named by the clock: one that went back shows."""
    newest = 0.0
    for file in (
        *Path(settings.POLKU_HOME).glob("inbox/*"),
        *Path(settings.POLKU_HOME).glob("polku.sqlite3*"),
    ):
        newest = max(newest, file.stat().st_mtime)
    if newest > time.time() + _CLOCK:
        return Finding.failed(
            "clock",
            _("The clock is behind: files were written in its future."),
            _("Let the machine follow a time server, for example: timedatectl set-ntp true"),
        )
    return Finding.ok("clock", _("The clock has not gone back."))


def built_pages() -> Finding:
    try:
        manifest()
    except ImproperlyConfigured:
        return Finding.failed(
            "pages",
            _("The styles and scripts of the pages were not built."),
            _("In a checkout of the sources run: make install"),
        )
    return Finding.ok("pages", _("Styles and scripts of the pages are there."))
