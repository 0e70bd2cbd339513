"""Properties that say who somebody is. Only those who may see customers one by one ask by them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from polku.analytics import values
from polku.analytics.errors import QueryError

_EVERYWHERE = {
    "email", "emailaddress", "mail", "phone", "phonenumber", "mobile", "telephone", "firstname", "lastname",
    "fullname", "username", "userid", "customerid", "anonymousid", "ssn", "personalid", "ip", "ipaddress",
}  # fmt: skip
_OF_PEOPLE = {"name", "address", "street", "birthday", "dateofbirth", "id", "avatar"}
"""Of signals and orders these are something else, such as an event's name."""
_PEOPLE = "person."


def says_who(name: str) -> bool:
    """Whether the values of a property (`person.email`, `phone`) tell one person from others."""
    own = name.removeprefix(_PEOPLE).removeprefix("order.").rpartition(".")[2]
    plain = "".join(letter for letter in own.casefold() if letter.isalnum())
    return plain in _EVERYWHERE or (name.startswith(_PEOPLE) and plain in _OF_PEOPLE)


def refuse_to_say_who(query: Mapping[str, object]) -> None:
    """Raises QueryError where `query` splits or filters, at whatever place, by a property that says who it is."""
    left: list[object] = [query]
    while left:
        part = left.pop()
        if isinstance(part, Mapping):
            name = part.get("property")
            if isinstance(name, str) and says_who(name):
                raise QueryError(
                    _(
                        "“%(name)s” says who somebody is. Only those who may see customers one by one ask by it."
                    )
                    % {"name": values.shown(name)},
                    field="property",
                )
            left.extend(part.values())
        elif isinstance(part, (list, tuple)):
            left.extend(part)
