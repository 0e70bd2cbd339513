"""What the tests of alerts share."""

from tests.messaging.conftest import rooms_mail

__all__ = ["rooms_mail"]
