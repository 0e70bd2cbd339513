"""What comes back: which message it is about and what it says, from a pipe and from a mailbox."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time

import pytest
from django_scopes import scopes_disabled
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.config.environment import MailBox
from polku.jobs import queue
from polku.messaging import domain
from polku.messaging.bounces import mailbox
from polku.messaging.bounces.reading import LARGEST, Report, read_report
from polku.messaging.bounces.taking import take_report
from polku.messaging.models import Message
from tests.examples import examples
from tests.messaging.reports import complaint, delivery_report

NUMBER = "0123456789abcdef" * 2


@pytest.fixture
def sent(workspace, rooms_mail, settings):
    """A message that was sent, as the server took it."""
    settings.MAIL_BOUNCES = "palaute@polku.example"
    domain.send_email(
        workspace=workspace, to="maija@example.com", subject="Hei", text="Hei", html="", kind="note"
    )
    queue.work_off()
    return rooms_mail.taken[0]


def states():
    with scopes_disabled():
        return list(Message.objects.values_list("state", "why"))


@pytest.mark.parametrize(
    ("status", "diagnostic", "told", "why", "is_suppressed"),
    [
        ("5.1.1", "550 5.1.1 user unknown", "hard", "no_address", True),
        ("5.0.0", "550 5.1.1 no such user", "hard", "no_address", True),
        ("5.0.0", "550 5.7.1 message looks like spam", "bounce", "undeliverable", False),
        ("5.2.2", "552 mailbox full", "bounce", "undeliverable", False),
        ("5.7.1", "554 policy", "bounce", "undeliverable", False),
    ],
)
def test_a_report_ends_the_message_and_blames_the_address_only_where_it_is_to_blame(
    workspace, sent, status, diagnostic, told, why, is_suppressed
):
    report = delivery_report(sent, status=status, diagnostic=diagnostic)
    assert take_report(report) == told
    assert states() == [("bounced", why)]
    assert domain.is_suppressed(workspace, "maija@example.com") is is_suppressed
    assert take_report(report) == told  # again: nothing more
    assert states() == [("bounced", why)]


def test_without_a_return_path_of_ours_the_message_id_tells(workspace, sent):
    assert take_report(delivery_report(sent, to="asiakkaat@kavytar.example")) == "hard"


def test_a_complaint_is_a_wish_for_no_more(workspace, sent):
    assert take_report(complaint(sent, feedback="not-spam")) == "nothing"
    assert take_report(complaint(sent)) == "complaint"
    assert states() == [("sent", "")]
    assert domain.is_suppressed(workspace, "maija@example.com")


def test_news_of_a_delay_an_automatic_reply_and_a_letter_change_nothing(workspace, sent):
    letter = (
        f"From: maija@example.com\r\nTo: {sent.sender}\r\nIn-Reply-To: {sent.message['Message-ID']}\r\n"
        "Subject: Lomalla\r\nAuto-Submitted: auto-replied\r\n\r\nStatus: 5.1.1\r\n"
    )
    assert take_report(letter.encode()) == "nothing"
    assert take_report(delivery_report(sent, action="delayed", status="4.4.7")) == "nothing"
    assert take_report(b"") == "nothing"
    assert states() == [("sent", "")]


def test_a_report_about_a_number_that_nobody_sent_changes_nothing(workspace, sent):
    with scopes_disabled():
        number = Message.objects.get().number
    foreign = delivery_report(sent).replace(number.encode(), NUMBER.encode())
    assert take_report(foreign) == "nothing"
    assert states() == [("sent", "")]


@settings(max_examples=examples(60), deadline=None)
@given(st.binary(max_size=400), st.integers(0, 3))
def test_nothing_that_comes_in_is_a_fault(noise, place):
    parts = [
        b"Content-Type: multipart/report; boundary=x\n\n--x\n",
        b"Content-Type: message/delivery-status\n\nAction: failed\nStatus: ",
        b"\n--x\nContent-Type: message/rfc822\n\nMessage-ID: <polku." + NUMBER.encode() + b"@x>\n",
    ]
    parts.insert(place, noise)
    assert isinstance(read_report(b"".join(parts)), Report | None)


def test_what_is_too_large_is_not_read():
    assert read_report(b"x" * (LARGEST + 1)) is None


def test_a_report_is_read_however_much_it_quotes():
    report = (
        b"To: bounces+" + NUMBER.encode() + b"@polku.example\n"
        b"Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n\n"
    )
    quoted = report + b"x: y\n" * 300_000
    assert read_report(quoted) == Report(NUMBER, "bounce", "5.1.1", is_hard=True)


def test_a_header_made_to_be_slow_holds_nobody_up():
    hostile = b"Content-Type: multipart/report; " + b"a*0*=b'';" * 200_000
    assert len(hostile) < LARGEST
    started = time.process_time()
    assert read_report(hostile) is None
    assert time.process_time() - started < 5


@pytest.mark.robustness
def test_the_command_reads_what_a_mail_server_pipes_to_it(tmp_path):
    def run(piped: bytes):
        done = subprocess.run(
            [sys.executable, "-m", "polku.cli", "--home", str(tmp_path), "message", "bounce", "--json"],
            input=piped,
            capture_output=True,
            timeout=120,
            env=os.environ | {"POLKU_LANGUAGE": "en"},
        )
        assert (done.returncode, done.stderr) == (0, b"")
        return json.loads(done.stdout)

    assert run(b"Subject: Hei\n\nHei") == {"kept": "nothing"}
    assert run(b"\xff\x00" * 1000) == {"kept": "nothing"}


class Mailbox(threading.Thread):
    """As much of an IMAP server as reading a mailbox takes, over a real socket."""

    def __init__(self, messages: list[bytes]) -> None:
        super().__init__(daemon=True)
        self.messages, self.seen, self.login = messages, set(), ""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def run(self) -> None:
        for _session in range(2):
            connection, _address = self._listener.accept()
            with connection, connection.makefile("rwb") as stream:
                self._serve(stream)
        self._listener.close()

    def _serve(self, stream) -> None:
        def say(*lines: bytes) -> None:
            stream.write(b"".join(line + b"\r\n" for line in lines))
            stream.flush()

        say(b"* OK ready")
        while line := stream.readline():
            tag, _space, rest = line.strip().partition(b" ")
            words = rest.split()
            name = b" ".join(words[:2]).upper() if words[0].upper() == b"UID" else words[0].upper()
            if name == b"CAPABILITY":
                say(b"* CAPABILITY IMAP4rev1")
            elif name == b"LOGIN":
                self.login = rest.decode()
            elif name == b"SELECT":
                say(b"* %d EXISTS" % len(self.messages))
            elif name == b"UID SEARCH":
                unseen = [b"%d" % n for n in range(1, len(self.messages) + 1) if n not in self.seen]
                say(b"* SEARCH " + b" ".join(unseen))
            elif name == b"UID FETCH":
                number = int(words[2])
                body = self.messages[number - 1]
                stream.write(b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n" % (number, number, len(body)))
                stream.write(body + b")\r\n")
            elif name == b"UID STORE":
                self.seen.add(int(words[2]))
            say(tag + b" OK done")
            if name == b"LOGOUT":
                return


def test_the_mailbox_is_read_and_what_was_read_is_marked(workspace, sent, settings):
    box = Mailbox([b"Subject: Hei\r\n\r\nHei\r\n", delivery_report(sent)])
    box.start()
    settings.MAIL_BOX = MailBox("127.0.0.1", box.port, "palaute", "salasana", "INBOX", ssl=False)
    assert mailbox.read_mailbox() == {"nothing": 1, "hard": 1}
    assert box.seen == {1, 2}
    assert states() == [("bounced", "no_address")]
    assert mailbox.read_mailbox() == {}
    box.join(5)


def test_a_mailbox_that_cannot_be_read_is_a_line_in_the_log_without_its_user(settings, caplog):
    settings.MAIL_BOX = MailBox("127.0.0.1", 9, "palaute@polku.example", "salasana", "INBOX", ssl=False)
    mailbox.work(0, {}, lambda done, total: None)
    assert "POLKU_MAIL_BOX cannot be read: ConnectionRefusedError" in caplog.text
    assert "palaute" not in caplog.text
