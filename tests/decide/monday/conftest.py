"""What the tests of Monday share."""

from tests.messaging.conftest import rooms_mail

__all__ = ["rooms_mail"]
