"""What the tests of messages share."""

from __future__ import annotations

import pytest

from polku.messaging import sending
from tests.messaging.real_smtp import mail_room


@pytest.fixture
def rooms_mail(settings):
    """A real mail server, to which the program's settings lead."""
    with mail_room() as room:
        settings.SENDS_MAIL = True
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", room.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.MAIL_PER_MINUTE = 100_000
        settings.DEFAULT_FROM_EMAIL = "polku@example.com"
        sending._rests.clear()
        yield room
        sending._rests.clear()
