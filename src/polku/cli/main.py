"""`polku`: the command line. Each command is a thin file beside this one."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def _take_home(arguments: list[str]) -> list[str]:
    """Take `--home DIR` out of the arguments, wherever it stands: settings are read before commands are."""
    rest: list[str] = []
    index = 0
    while index < len(arguments):
        argument = arguments[index]
        if argument == "--":
            return rest + arguments[index:]
        if argument == "--home" and index + 1 < len(arguments):
            os.environ["POLKU_HOME"] = arguments[index + 1]
            index += 2
        elif argument.startswith("--home="):
            os.environ["POLKU_HOME"] = argument.removeprefix("--home=")
            index += 1
        else:
            rest.append(argument)
            index += 1
    return rest


def _language() -> str:
    for name in ("POLKU_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "fi" if value.lower().startswith("fi") else "en"
    return "en"


def main(arguments: list[str] | None = None) -> None:
    """Set up Django in the reader's language, then hand over to the commands."""
    rest = _take_home(list(sys.argv[1:] if arguments is None else arguments))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polku.config.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except (ImproperlyConfigured, OSError) as error:
        home = Path(os.environ.get("POLKU_HOME") or "~/.polku").expanduser()
        sys.stderr.write(f"polku: {error} (--home {home})\n")
        raise SystemExit(1) from error
    from django.utils import translation

    translation.activate(_language())
    from polku.cli.commands import polku

    polku.main(args=rest, prog_name="polku")


if __name__ == "__main__":
    main()
