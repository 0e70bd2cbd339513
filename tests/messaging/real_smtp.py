"""A real SMTP server (aiosmtpd) on a port of its own, which keeps what it takes and refuses what it is told to."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.controller import Controller


@dataclass
class Taken:
    """One message as the server got it: the envelope and the message."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)  # type: ignore[return-value]

    def part(self, kind: str) -> str:
        """The text of the part of that kind (`plain`, `html`)."""
        found = self.message.get_body((kind,))
        assert found is not None
        return found.get_content()


@dataclass
class MailRoom:
    """`answers` holds what to say to the next recipients instead of 250, by address; a list is used up one by one.
    `pause` is how long (seconds) taking a message lasts, so that a sender can be killed in the middle of it."""

    port: int = 0
    pause: float = 0.0
    taken: list[Taken] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if answers := self.answers.get(address):
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.pause)
        self.taken.append(Taken(envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        await asyncio.sleep(self.pause)
        return "250 kept"


@contextmanager
def mail_room() -> Iterator[MailRoom]:
    room = MailRoom()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        room.port = probe.getsockname()[1]
    controller = Controller(room, hostname="127.0.0.1", port=room.port)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        controller.start()
        try:
            yield room
        finally:
            controller.stop()
