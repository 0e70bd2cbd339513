"""A mail server of a few lines, that keeps what it is given and refuses what it is told to."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class MailServer(socketserver.ThreadingTCPServer):
    """`refusals` has the answer to give to a command instead of the usual one, by the command's first word."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, refusals: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refusals = refusals
        self.messages: list[tuple[str, list[str], str]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Handler(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 localhost")
        sender, recipients = "", []
        while line := self.rfile.readline().decode().strip():
            word = line.split(":")[0].split()[0].upper()
            if word in self.server.refusals:
                self._say(self.server.refusals[word])
            elif word == "DATA":
                self._say("354 go on")
                content = []
                while (piece := self.rfile.readline()) != b".\r\n":
                    content.append(piece.decode())
                self.server.messages.append((sender, recipients, "".join(content)))
                self._say("250 kept")
            elif word == "EHLO":
                self._say("250-localhost\r\n250 AUTH PLAIN")
            elif word == "AUTH":
                self._say("235 welcome")
            elif word == "QUIT":
                self._say("221 bye")
                break
            else:
                sender = line if word == "MAIL" else sender
                recipients += [line] if word == "RCPT" else []
                self._say("250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


@contextmanager
def mail_server(**refusals: str) -> Iterator[MailServer]:
    with MailServer(refusals) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
