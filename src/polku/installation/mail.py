"""Whether e-mail leaves: a test message, and what keeps it in words."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _


class MailProblem(Exception):
    """The message did not leave, for the reason that the message gives."""


def send_test_message(*, to: str) -> None:
    """Send a message to this address through the server of POLKU_MAIL_URL. Raises MailProblem; takes at most some
    ten seconds."""
    if not settings.SENDS_MAIL:
        raise MailProblem(_("POLKU_MAIL_URL is not set, so no e-mail is sent."))
    message = EmailMessage(
        subject=_("Test message from Polku"),
        body=_("This message came from Polku. Links for forgotten passwords will come the same way."),
        to=[to],
    )
    with _connected() as connection:
        connection.send_messages([message])


def check_mail_server() -> None:
    """Connect, turn on TLS and sign in, without sending anything. Raises MailProblem."""
    with _connected():
        pass


@contextmanager
def _connected() -> Iterator[BaseEmailBackend]:
    """A connection that is closed whatever comes; faults are MailProblems."""
    connection = get_connection()
    try:
        connection.open()
        yield connection
    except (smtplib.SMTPException, OSError) as error:
        raise MailProblem(reason_of(error)) from error
    finally:
        connection.close()


def reason_of(error: BaseException) -> str:
    """The fault of an SMTP conversation as a sentence that says what to mend."""
    at = {"host": settings.EMAIL_HOST, "port": settings.EMAIL_PORT}
    match error:
        case smtplib.SMTPAuthenticationError():
            return _("The mail server does not accept the user name or the password in POLKU_MAIL_URL.")
        case smtplib.SMTPSenderRefused():
            return _(
                "The mail server does not let %(sender)s send. Set POLKU_MAIL_FROM to an address of yours."
            ) % {"sender": settings.DEFAULT_FROM_EMAIL}
        case smtplib.SMTPRecipientsRefused():
            return _("The mail server does not accept the recipient's address.")
        case smtplib.SMTPNotSupportedError():
            return _("The mail server lacks what POLKU_MAIL_URL asks for, TLS or signing in: %s") % error
        case ssl.SSLError():
            return (
                _(
                    "The mail server's TLS failed. Use smtps:// for port 465 and smtp:// for 587; its certificate "
                    "must be valid for %(host)s."
                )
                % at
            )
        case socket.gaierror():
            return _("There is no machine named %(host)s. See POLKU_MAIL_URL.") % at
        case TimeoutError():
            return (
                _("%(host)s does not answer on port %(port)s. A firewall, or the hoster, may block it.") % at
            )
        case ConnectionRefusedError():
            return _("Nothing listens on port %(port)s of %(host)s. See the port in POLKU_MAIL_URL.") % at
        case smtplib.SMTPResponseException():
            said = (
                error.smtp_error.decode(errors="replace")
                if isinstance(error.smtp_error, bytes)
                else error.smtp_error
            )
            return _("The mail server refused: %(code)s %(said)s") % {
                "code": error.smtp_code,
                "said": str(said)[:200],
            }
    return _("The connection to the mail server broke off: %s") % (str(error)[:200] or type(error).__name__)
