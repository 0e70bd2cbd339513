"""How large a survey may grow. Nobody answers what is longer than this."""

import re

QUESTIONS = 100
OPTIONS = 100
"""Options, rows or columns of one question."""
TESTS = 20
"""In one rule."""
SKIPS = 20
FIELDS = 20
TEXT = 2_000
TITLE = 200
NAME = 120
VALUE = 200
"""Characters that a rule compares with."""
ADDRESS = 500
SCALE_STEPS = 21
LONGEST_ANSWER = 5_000
POINTS = 1_000
SURVEYS = 1_000

RESERVED = frozenset({"at", "contact", "form", "go", "lang", "page", "quote", "saved", "website"})
"""What the respondents' page itself has in its addresses and forms: no hidden field may be called so."""

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
