"""The migrations make exactly the models, in the language of the sources."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import translation


@pytest.mark.parametrize("language", ["en", "fi"])
def test_no_model_has_changed_without_a_migration(db, language):
    with translation.override(language):
        call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())
