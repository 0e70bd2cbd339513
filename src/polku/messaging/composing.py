"""From a row of the queue to an e-mail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import formataddr, formatdate

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from polku.messaging.models import Message
from polku.messaging.tokens import unsubscribe_token
from polku.site.addresses import public_address

UNSUBSCRIBE_MARK = "{{unsubscribe}}"
"""Where the address of the unsubscribe page stands in a text."""
_MARK = re.compile(r"\{\{[a-z_]+\}\}")


def unsubscribe_address(message: Message) -> str:
    path = reverse("messages_public:unsubscribe", kwargs={"token": unsubscribe_token(message.number)})
    return public_address() + path


def compose(message: Message, fills: Mapping[str, str]) -> EmailMultiAlternatives:
    """The e-mail, its marks filled in. The address for what comes back (Return-Path) holds the message's number."""
    if message.unsubscribe_digest:
        fills = {**fills, UNSUBSCRIBE_MARK: unsubscribe_address(message)}

    def fill(text: str) -> str:
        return _MARK.sub(lambda found: fills.get(found[0], found[0]), text)

    headers = {
        "From": formataddr((message.sender_name, message.sender_email)),
        "Message-ID": message_id(message),
        "Date": formatdate(localtime=False),
        "Auto-Submitted": "auto-generated",
        **{name: fill(value) for name, value in message.headers.items()},
    }
    if message.unsubscribe_digest:
        headers["List-Unsubscribe"] = f"<{fills[UNSUBSCRIBE_MARK]}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail = EmailMultiAlternatives(
        subject=fill(message.subject),
        body=fill(message.text),
        from_email=return_path(message),  # of the envelope; what people see is the header above
        to=[message.recipient],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers=headers,
    )
    if message.html:
        mail.attach_alternative(fill(message.html), "text/html")
    return mail


def message_id(message: Message) -> str:
    domain = message.sender_email.rpartition("@")[2] or "localhost"
    return f"<polku.{message.number}@{domain}>"


def return_path(message: Message) -> str:
    """`bounces+NUMBER@…` of POLKU_MAIL_BOUNCES; without that setting the sender's own address."""
    name, at, domain = settings.MAIL_BOUNCES.rpartition("@")
    return f"{name}+{message.number}@{domain}" if at else message.sender_email
