"""Reading JSON that strangers send."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.translation import gettext as _

from polku.api.problems import Problem

LARGEST = 256 * 1024  # bytes


def read_object(request: HttpRequest) -> dict[str, Any]:
    """The body as one JSON object.

    Raises Problem 413 for a body over 256 kB, and 400 for one that is not strict JSON: bad UTF-8, NaN and
    numbers too large for a double, an object with a name twice, nesting too deep, half a surrogate pair.
    """
    try:
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        announced = 0
    body = b"" if announced > LARGEST else request.read(LARGEST + 1)
    if announced > LARGEST or len(body) > LARGEST:
        raise Problem(413, _("The body is larger than %s kB.") % (LARGEST // 1024))
    try:
        document = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_without_doubles,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
        # A lone surrogate passes through JSON but fits no text that is stored or sent.
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(400, _("The body is not UTF-8 text (byte %s).") % error.start) from error
    except UnicodeEncodeError as error:
        raise Problem(400, _("The body holds half a surrogate pair, which is no character.")) from error
    except json.JSONDecodeError as error:
        raise Problem(
            400,
            _("The body is not valid JSON: line %(line)s, column %(column)s.")
            % {"line": error.lineno, "column": error.colno},
        ) from error
    except RecursionError as error:
        raise Problem(400, _("The body is nested too deeply.")) from error
    except ValueError as error:
        raise Problem(400, _("The body is not valid JSON: %s") % error) from error
    if not isinstance(document, dict):
        raise Problem(400, _("The body must be one JSON object."))
    return document


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        name = next(name for name, _value in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(_("“%s” stands twice in one object.") % name[:60])
    return found


def _no_constant(text: str) -> NoReturn:
    raise ValueError(_("%s is not a number of JSON.") % text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(_("%s is too large a number.") % text[:30])
    return number
