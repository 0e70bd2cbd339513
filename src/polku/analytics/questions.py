"""Ask a question: check it, answer it or find the answer kept, and say how fresh it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polku.analytics import kinds, values
from polku.analytics.cache import AnswerCache, Kept
from polku.analytics.context import Message, QueryContext
from polku.analytics.errors import QueryError, unknown_word
from polku.analytics.known import warn_of_unknown
from polku.analytics.parsing import parse_breakdown, parse_compare, parse_scope, parse_unit
from polku.analytics.personal import refuse_to_say_who
from polku.eventstore import cancelling
from polku.eventstore.registry import store as open_store

if TYPE_CHECKING:
    from polku.accounts.models import Workspace
    from polku.eventstore.port import StoreState

COMMON_FIELDS = ("kind", "range", "where", "segment", "breakdown", "unit")
LARGEST_QUERY = 65_536
CACHE_BYTES = 64 * 2**20

answers = AnswerCache(CACHE_BYTES)


def run(
    workspace: Workspace,
    query: Mapping[str, object],
    *,
    state: StoreState | None = None,
    sees_people: bool = False,
) -> dict[str, object]:
    """Answer `query`, the Query object of the documentation, about `workspace`.

    The answer is plain JSON data with `kind`, `data_as_of` (ISO 8601 in UTC, null without signals),
    `rows_scanned` and `warnings` (in the language in use) beside what the kind gives. It may come from the
    cache, which knows the version of the data. Raises QueryError for a question that cannot be answered as it
    stands, and StoreError (QuestionTooSlow among them) where the store gives up. With `state`, one that the store
    had lately, an answer kept since then is good enough. `sees_people`: whoever asks may see customers one by one;
    without it kinds that could name people give their numbers only, and none is split or filtered by what says who
    somebody is.
    """
    canonical = canonical_text(query)
    kind = _kind(query)
    asked = values.mapping(query, (*COMMON_FIELDS, *kind.fields), field="")
    if not sees_people:
        refuse_to_say_who(asked)
    store, key = open_store(), workspace.key.hex
    warnings: list[Message] = []
    scope = parse_scope(workspace, asked, warnings=warnings)
    compare = None
    if "compare" in kind.fields and "compare" in asked:
        compare = parse_compare(
            workspace, asked["compare"], scope, segments=kind.compares_segments, warnings=warnings
        )
    context = QueryContext(
        workspace=workspace,
        store=store,
        key=key,
        scope=scope,
        compare=compare,
        sees_people=sees_people,
        unit=parse_unit(asked.get("unit")),
        breakdown=parse_breakdown(asked.get("breakdown")),
        state=state or store.state(key),
        warnings=warnings,
    )
    _warn_of_unheeded(context, kind)

    def work_out() -> Kept:
        with cancelling.asking(seconds=cancelling.QUESTION_SECONDS):
            warn_of_unknown(context, conditions=scope.where)
            answer = kind.run(context, asked)
        return Kept(body=msgspec.json.encode(answer), warnings=tuple(dict.fromkeys(context.warnings)))

    # The scope stands in the key beside the question: what a segment's name means, and the zone, may change.
    kept = answers.get(
        (key, context.state.version, canonical, repr((scope, compare)), kind.version(context, asked)),
        work_out,
    )
    as_of = context.state.data_as_of
    return {
        "kind": kind.name,
        "data_as_of": f"{as_of.isoformat()}Z" if as_of else None,
        "rows_scanned": context.state.signals,
        **msgspec.json.decode(kept.body),
        "warnings": [str(warning) for warning in kept.warnings],
    }


def canonical_text(query: object) -> bytes:
    """One text for all ways to write the same question. Raises QueryError."""
    if not isinstance(query, Mapping):
        raise QueryError(_("A question is a JSON object with a “kind”."), field="")
    try:
        text = json.dumps(
            dict(query), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
        canonical = text.encode()
    except (TypeError, ValueError, RecursionError):
        raise QueryError(_("The question holds something that is not JSON."), field="") from None
    if len(canonical) > LARGEST_QUERY:
        raise QueryError(_("The question is larger than %(most)d bytes.") % {"most": LARGEST_QUERY}, field="")
    return canonical


def _kind(query: Mapping[str, object]) -> kinds.Kind:
    name = query.get("kind")
    if name is None:
        raise QueryError(
            _("The question lacks its “kind”. Known: %(names)s.") % {"names": ", ".join(kinds.names())},
            field="kind",
        )
    found = kinds.find(name) if isinstance(name, str) else None
    if found is None:
        raise unknown_word(
            _("There is no kind of question “%(name)s”.") % {"name": values.shown(name)},
            str(name),
            kinds.names(),
            field="kind",
        )
    return found


def _warn_of_unheeded(context: QueryContext, kind: kinds.Kind) -> None:
    unheeded = []
    if context.breakdown is not None and not kind.breakdown:
        unheeded.append("breakdown")
    if context.unit != "person" and not kind.units:
        unheeded.append("unit")
    for field in unheeded:
        context.warnings.append(
            format_lazy(
                gettext_lazy("“{field}” makes no difference to questions of the kind “{kind}”."),
                field=field,
                kind=kind.name,
            )
        )
