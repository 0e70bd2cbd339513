"""JSON Schemas of questions and answers, as /api/openapi.json shows them.

Questions are checked by `analytics`, which names the field and suggests the nearest word; these schemas say the
same for people and for generators of client code. A test holds the two together.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _text(description: str) -> Schema:
    return {"type": "string", "description": description}


def _choice(*values: str) -> Schema:
    return {"enum": list(values)}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(items: Schema, **limits: int) -> Schema:
    return {"type": "array", "items": items, **limits}


_COMMON: Schema = {
    "range": _or_null(_reference("Range")),
    "where": _or_null(_list(_reference("Condition"), maxItems=50)),
    "segment": _or_null(_text("Name of a segment.")),
    "breakdown": _or_null(_reference("Breakdown")),
    "unit": _or_null(_choice("person", "session", "order")),
}

_FUNNEL: Schema = {
    "steps": _list(_reference("Selector"), minItems=1, maxItems=20),
    "window": _or_null(_text("ISO 8601 duration, for example P7D; null is without limit.")),
    "order": _or_null(_choice("ordered", "strict", "any")),
    "exclude": _or_null(_list(_reference("Exclusion"), maxItems=10)),
}

_PATHS: Schema = {
    "nodes": _or_null(_choice("event", "page", "touchpoint")),
    "journey": _or_null({"type": "integer", "description": "Number of the journey of touchpoint nodes."}),
    "collapse_repeats": _or_null({"type": "boolean"}),
    "top": _or_null({"type": "integer", "minimum": 1, "maximum": 500}),
}

KINDS: dict[str, Schema] = {
    "churn": {
        "mode": _choice("contractual", "purchase"),
        "months": _or_null(
            _list(
                {
                    "type": "number",
                    "minimum": 0,
                    "maximum": 1_200,
                    "description": "A tenure to say at which share stayed so long; contractual only.",
                },
                maxItems=60,
            )
        ),
    },
    "clv": {
        "horizon_days": _or_null({"type": "integer", "minimum": 1, "maximum": 3660}),
        "margin": _or_null(
            {
                "type": "number",
                "minimum": 0,
                "maximum": 1,
                "description": "Of an order's sum; null: what the company answered about its money.",
            }
        ),
        "discount": _or_null(
            {"type": "number", "minimum": 0, "maximum": 10, "description": "A yearly rate; null is 0.1."}
        ),
        "check_from": _or_null(
            _text("The first day of what the forecast is checked against (YYYY-MM-DD); null: the last third.")
        ),
    },
    "drivers": {
        "outcome": {
            "anyOf": [
                _reference("Measure"),
                {
                    "type": "object",
                    "required": ["repurchase"],
                    "properties": {"repurchase": _text("ISO 8601 duration, for example P90D.")},
                    "additionalProperties": False,
                },
            ]
        },
        "drivers": _list(_reference("Measure"), minItems=1, maxItems=12),
        "within": _or_null(_text("How old a person's earlier answer may be; null is P90D.")),
    },
    "fix_first": {"journey": {"type": "integer", "description": "Number of the journey."}},
    "funnel": _FUNNEL | {"compare": _or_null(_reference("Compare"))},
    "changes": {
        "journey": {"type": "integer", "description": "Number of the journey."},
        "compare": _or_null(_reference("Range")),
    },
    "journey": {
        "journey": {"type": "integer", "description": "Number of the journey."},
        "compare": _or_null(_reference("Range")),
    },
    "overview": {
        "only": _or_null(
            {
                "type": "object",
                "description": "Keeps visits of this value; null is of which it is not known.",
                "properties": {
                    name: _or_null({"type": "string"})
                    for name in ("channel", "source", "campaign", "page", "device", "browser")
                },
                "additionalProperties": False,
            }
        ),
        "interval": _or_null(_choice("day", "week", "month")),
        "compare": _or_null(_reference("Compare")),
    },
    "paths": _PATHS
    | {
        "from": _or_null(_reference("Selector")),
        "to": _or_null(_reference("Selector")),
        "depth": _or_null({"type": "integer", "minimum": 0, "maximum": 8}),
    },
    "people": {
        "funnel": {
            "type": "object",
            "required": ["steps"],
            "properties": _FUNNEL,
            "additionalProperties": False,
        },
        "step": {"type": "integer", "minimum": 1, "description": "1 is the first step."},
        "outcome": _or_null(_choice("reached", "dropped")),
        "key": _or_null(_text("A key of the breakdown; with a breakdown, null is its part without a value.")),
        "limit": _or_null({"type": "integer", "minimum": 0, "maximum": 1000}),
        "offset": _or_null({"type": "integer", "minimum": 0}),
    },
    "perceived_value": {
        "questions": _or_null(
            {
                "type": "object",
                "description": "What answers are called in the data, by what they say.",
                "properties": {
                    f"{dimension}_{side}": {"type": "string"}
                    for side in ("benefit", "sacrifice", "weight")
                    for dimension in ("economic", "functional", "emotional", "symbolic")
                },
                "additionalProperties": False,
            }
        ),
        "outcome": _or_null(_reference("Measure")),
        "interval": _or_null(_choice("day", "week", "month")),
    },
    "retention": {
        "period": _or_null(_choice("day", "week", "month")),
        "periods": _or_null({"type": "integer", "minimum": 1, "maximum": 400}),
        "start": _or_null(_reference("Selector")),
        "return": _or_null(_reference("Selector")),
        "compare": _or_null(_reference("Compare")),
    },
    "revenue": {"compare": _or_null(_reference("Compare"))},
    "score": {
        "metric": _choice("nps", "csat", "ces", "smiley", "recommend"),
        "interval": _or_null(_choice("day", "week", "month")),
        "group_by": _or_null(_list(_text("“touchpoint” or a property."), maxItems=5)),
        "compare": _or_null(_reference("Compare")),
    },
    "trend": {
        "select": _or_null(_reference("Selector")),
        "interval": _or_null(_choice("day", "week", "month")),
        "measure": _or_null(_choice("events", "persons", "sessions", "sum_value")),
        "compare": _or_null(_reference("Compare")),
    },
    "variants": _PATHS,
}
"""What each kind of question takes beside the common fields."""

_REQUIRED = {
    "drivers": ["outcome", "drivers"],
    "fix_first": ["journey"],
    "funnel": ["steps"],
    "changes": ["journey"],
    "journey": ["journey"],
    "people": ["funnel", "step"],
    "score": ["metric"],
}


def _question(kind: str) -> Schema:
    return {
        "type": "object",
        "title": kind,
        "required": ["kind", *_REQUIRED.get(kind, [])],
        "properties": {"kind": {"const": kind}} | KINDS[kind] | _COMMON,
        "additionalProperties": False,
    }


_SELECTOR: Schema = {
    "event": {"anyOf": [{"type": "string"}, _list({"type": "string"}, minItems=1)]},
    "touchpoint": {"type": ["integer", "string"], "description": "Number or name of a touchpoint."},
    "where": _or_null(_list(_reference("Condition"), maxItems=50)),
}

_MEASURE: Schema = {
    "metric": {"type": "string"},
    "question": _text("The property “question” of answers, or their name."),
    "survey": _text("Key of a survey: only its answers."),
    "touchpoint": {"type": ["integer", "string"], "description": "Number or name of a touchpoint."},
    "property": _text("A property that is a number or true and false, such as order.on_time."),
    "name": _text("What the answer calls it."),
}

COMPONENTS: dict[str, Schema] = {
    "Measure": {
        "description": "A text is a metric or a question.",
        "anyOf": [
            {"type": "string"},
            {"type": "object", "properties": _MEASURE, "additionalProperties": False},
        ],
    },
    "Problem": {
        "type": "object",
        "description": "RFC 9457.",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": _text("What is wrong and how to mend it, in the caller's language (Accept-Language)."),
            "field": _text("The place in the question, for example steps[1].where[0].op."),
            "suggestion": _text("The nearest known word."),
        },
    },
    "Range": {
        "type": "object",
        "description": "Half-open. A date means the start of that day in the workspace's time zone.",
        "properties": {
            "from": _or_null(_text("ISO 8601 date or time.")),
            "to": _or_null(_text("ISO 8601 date or time.")),
        },
        "additionalProperties": False,
    },
    "Condition": {
        "type": "object",
        "required": ["property", "op"],
        "properties": {
            "property": _text("A property of the signal; order.NAME and person.NAME are those it joins to."),
            "op": _choice("eq", "ne", "in", "gt", "ge", "lt", "le", "contains", "exists"),
            "value": {"description": "Text, number, true or false; a list of them for “in”."},
        },
        "additionalProperties": False,
    },
    "Selector": {
        "type": "object",
        "description": "Some of the signals. At least one member; all that are given must hold.",
        "minProperties": 1,
        "properties": _SELECTOR,
        "additionalProperties": False,
    },
    "Exclusion": {
        "type": "object",
        "description": "Units that did this between two steps did not take them as one way.",
        "minProperties": 1,
        "properties": _SELECTOR
        | {
            "between": _or_null(
                _list({"type": "integer", "minimum": 1}, minItems=2, maxItems=2)
                | {"description": "After which step and before which; null is the first and the last."}
            )
        },
        "additionalProperties": False,
    },
    "Compare": {
        "type": "object",
        "description": "The same question of another range, of another segment, or both.",
        "properties": {
            "from": _or_null(_text("ISO 8601 date or time.")),
            "to": _or_null(_text("ISO 8601 date or time.")),
            "segment": _or_null(_text("Name of a segment.")),
        },
        "additionalProperties": False,
    },
    "Breakdown": {
        "type": "object",
        "required": ["property"],
        "properties": {
            "property": {"type": "string"},
            "attribution": _or_null(_choice("first", "last")),
        },
        "additionalProperties": False,
    },
    "Query": {
        "oneOf": [_question(kind) for kind in sorted(KINDS)],
    },
    "Answer": {
        "type": "object",
        "description": "The members of its kind stand beside these.",
        "required": ["kind", "data_as_of", "rows_scanned", "warnings"],
        "properties": {
            "kind": _choice(*sorted(KINDS)),
            "data_as_of": _or_null({"type": "string", "format": "date-time"}),
            "rows_scanned": {"type": "integer"},
            "warnings": _list({"type": "string"}),
        },
    },
    "Workspace": {
        "type": "object",
        "required": [
            "workspace",
            "name",
            "language",
            "timezone",
            "currency",
            "is_simulated",
            "data_as_of",
            "signals",
            "people",
        ],
        "properties": {
            "workspace": _text("Its short name."),
            "name": {"type": "string"},
            "language": _choice("fi", "en"),
            "timezone": {"type": "string"},
            "currency": {"type": "string"},
            "is_simulated": {"type": "boolean"},
            "data_as_of": _or_null({"type": "string", "format": "date-time"}),
            "signals": {"type": "integer"},
            "people": {"type": "integer"},
        },
    },
}


def _answer(name: str) -> Schema:
    return {"description": "OK", "content": {"application/json": {"schema": _reference(name)}}}


def _problem(description: str) -> Schema:
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": _reference("Problem")}},
    }


PROBLEM_RESPONSES: dict[Any, Schema] = {
    401: _problem("No key, an unknown one or a revoked one."),
    403: _problem("The key is a write key, or the session's CSRF token is missing."),
    404: _problem("The caller's session is of no member of the workspace."),
}
_WORKSPACE_PARAMETER = {
    "name": "workspace",
    "in": "query",
    "required": False,
    "description": "Short name of the workspace; only for calls with a session. A key names its own.",
    "schema": {"type": "string"},
}
QUERY_OPERATION: Schema = {
    "parameters": [_WORKSPACE_PARAMETER],
    "requestBody": {"required": True, "content": {"application/json": {"schema": _reference("Query")}}},
    "responses": {
        200: _answer("Answer"),
        400: _problem("The body is not strict JSON."),
        413: _problem("The body is larger than 256 kB."),
        422: _problem("The question cannot be answered as it stands; “field” says where."),
        503: _problem("The question took too long; Retry-After says when to ask again."),
    },
}
WORKSPACE_OPERATION: Schema = {
    "parameters": [_WORKSPACE_PARAMETER],
    "responses": {200: _answer("Workspace")},
}
