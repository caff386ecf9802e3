"""A mail server for tests: it takes mail on 127.0.0.1, keeps it, and can be told to refuse."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, NamedTuple


class Received(NamedTuple):
    """One mail as it came: its envelope, and what was said before it."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    commands: list[str]
    secure: bool

    @property
    def text(self) -> str:
        return str(self.message.get_content()).replace("\r\n", "\n")


class Mailbox(socketserver.ThreadingTCPServer):
    """`refusals`: command → replies that it gets, in turn, before it is taken. `secret`: the base64 text of AUTH PLAIN
    that is taken. `tls`: the server's certificate; it is offered by STARTTLS, or used at once where `wrapped`."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self, *, tls: ssl.SSLContext | None = None, wrapped: bool = False, login: tuple[str, str] | None = None
    ):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.tls, self.wrapped = tls, wrapped
        self.secret = base64.b64encode(f"\0{login[0]}\0{login[1]}".encode()).decode() if login else None
        self.received: list[Received] = []
        self.refusals: dict[str, list[str]] = {}
        self.connections = 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        if self.tls and self.wrapped:
            connection = self.tls.wrap_socket(connection, server_side=True)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is part of the tests."""

    def __enter__(self) -> Mailbox:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self.server.connections += 1
        self.commands: list[str] = []
        self.sender, self.recipients = "", list[str]()
        self.say("220 mailbox.test")
        while line := self.rfile.readline():
            text = line.decode("utf-8").rstrip("\r\n")
            verb = text.split(" ")[0].upper()
            self.commands.append(text)
            if refusal := next(iter(self.server.refusals.get(verb, [])), None):
                self.server.refusals[verb].pop(0)
                self.say(refusal)
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                getattr(self, f"do_{verb.lower()}", self.unknown)(text)

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def unknown(self, _: str) -> None:
        self.say("502 not known")

    def do_ehlo(self, _: str) -> None:
        offers = ["mailbox.test", "8BITMIME"]
        offers += ["STARTTLS"] if self.server.tls and not self.is_secure() else []
        offers += ["AUTH PLAIN"] if self.server.secret else []
        self.say(*(f"250-{offer}" for offer in offers[:-1]), f"250 {offers[-1]}")

    def is_secure(self) -> bool:
        return isinstance(self.connection, ssl.SSLSocket)

    def do_starttls(self, _: str) -> None:
        assert self.server.tls
        self.say("220 go on")
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.setup_again()

    def setup_again(self) -> None:
        self.rfile = self.connection.makefile("rb")
        self.wfile = socketserver._SocketWriter(self.connection)  # type: ignore[attr-defined]

    def do_auth(self, text: str) -> None:
        right = text == f"AUTH PLAIN {self.server.secret}"
        self.say("235 welcome" if right else "535 5.7.8 wrong name or password")

    def do_mail(self, text: str) -> None:
        self.sender, self.recipients = _address(text), []
        self.say("250 ok")

    def do_rcpt(self, text: str) -> None:
        if _address(text).startswith("nobody@"):
            self.say("550 no such mailbox")
            return
        self.recipients.append(_address(text))
        self.say("250 ok")

    def do_rset(self, _: str) -> None:
        self.say("250 ok")

    def do_data(self, _: str) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(message, EmailMessage)
        got = Received(self.sender, self.recipients, message, self.commands, self.is_secure())
        self.server.received.append(got)
        self.say("250 kept")


def _address(text: str) -> str:
    return text.partition("<")[2].partition(">")[0]
