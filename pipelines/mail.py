"""A plain mail to the people who look after the refreshes: text, by SMTP, with what the environment says."""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, getaddresses, parseaddr

from metabolism.errors import CirculezError

HOST, PORT, TLS = "CIRCULEZ_SMTP_HOST", "CIRCULEZ_SMTP_PORT", "CIRCULEZ_SMTP_TLS"
USER, PASSWORD = "CIRCULEZ_SMTP_USER", "CIRCULEZ_SMTP_PASSWORD"
FROM, TO = "CIRCULEZ_MAIL_FROM", "CIRCULEZ_MAIL_TO"
_USUAL_PORTS = {"starttls": 587, "ssl": 465, "none": 25}
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_TIMEOUT_S = 10
PAUSES_S = (2.0, 4.0)
"""Between the attempts of one sending; with the timeouts they stay within the 60 s that Dagster gives a sensor."""


class MailNotSent(CirculezError):
    """The mail server could not be reached, or refused."""


@dataclass(frozen=True)
class Server:
    """Where mail is handed over, from whom and to whom; `tls` is `starttls`, `ssl` or `none`."""

    host: str
    port: int
    tls: str
    sender: str
    recipients: tuple[str, ...]
    user: str = ""
    password: str = field(default="", repr=False)


def missing(environment: Mapping[str, str]) -> list[str]:
    """The variables without which no mail is sent, and that are not set."""
    return [name for name in (HOST, FROM, TO) if not environment.get(name, "").strip()]


def server_of(environment: Mapping[str, str]) -> Server:
    """The mail server as the environment names it; raises `CirculezError` where that makes no sense."""
    tls = environment.get(TLS, "").strip().lower() or "starttls"
    if tls not in _USUAL_PORTS:
        raise CirculezError(f"{TLS} is '{tls}'.", f"Set it to one of {', '.join(_USUAL_PORTS)}.")
    port = environment.get(PORT, "").strip() or str(_USUAL_PORTS[tls])
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise CirculezError(f"{PORT} is '{port}'.", "Set it to a number from 1 to 65535.")
    recipients = tuple(address for _, address in getaddresses([environment[TO].replace(";", ",")]) if address)
    sender = parseaddr(environment[FROM])[1]
    for name, addresses in ((FROM, (sender,)), (TO, recipients)):
        if not addresses or not all("@" in address for address in addresses):
            raise CirculezError(f"{name} holds no address of mail.", "Write it like name@example.org.")
    server = Server(
        host=environment[HOST].strip(),
        port=int(port),
        tls=tls,
        sender=sender,
        recipients=recipients,
        user=environment.get(USER, ""),
        password=environment.get(PASSWORD, ""),
    )
    for name, text in ((USER, server.user), (PASSWORD, server.password)):
        if not text.isascii():
            raise CirculezError(f"{name} holds letters beyond ASCII, which do not log in.", "Choose another one.")
    if server.user and tls == "none" and server.host not in _THIS_MACHINE:
        raise CirculezError(
            f"{USER} is set and {TLS} is none: the password would travel in the clear.",
            f"Set {TLS} to starttls or ssl.",
        )
    return server


def compose(server: Server, subject: str, text: str, identity: str) -> EmailMessage:
    """A mail of plain text in UTF-8. `identity` makes its Message-ID: a mail that is sent twice is recognised as one."""
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["From"] = server.sender
    message["To"] = ", ".join(server.recipients)
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{identity}@{server.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="quoted-printable")
    return message


def send(server: Server, message: EmailMessage, pauses: tuple[float, ...] = PAUSES_S) -> list[str]:
    """Hands the mail over, and returns the recipients that the server refused while it took others.

    What may pass (no connection, a reply of 4xx) is tried again after each of `pauses` (seconds); what the server
    refuses for good is not. Raises `MailNotSent`.
    """
    for pause in pauses:
        try:
            return _hand_over(server, message)
        except (OSError, smtplib.SMTPException) as error:
            if not _may_pass(error):
                raise _not_sent(server, error) from None
            time.sleep(pause)
    try:
        return _hand_over(server, message)
    except (OSError, smtplib.SMTPException) as error:
        raise _not_sent(server, error) from None


def _not_sent(server: Server, error: Exception) -> MailNotSent:
    return MailNotSent(
        f"The mail server {server.host}:{server.port} did not take the mail: {_in_words(error)}.",
        f"Look at {HOST}, {PORT}, {TLS}, {USER} and at the server itself.",
    )


def _hand_over(server: Server, message: EmailMessage) -> list[str]:
    secure = ssl.create_default_context()
    connection = (
        smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT_S, context=secure)
        if server.tls == "ssl"
        else smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_S)
    )
    with connection:
        if server.tls == "starttls":
            connection.starttls(context=secure)
        if server.user:
            connection.login(server.user, server.password)
        return sorted(connection.send_message(message, server.sender, list(server.recipients)))


def _may_pass(error: Exception) -> bool:
    """A certificate or a login that is refused stays refused."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return any(code < 500 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code < 500
    if isinstance(error, smtplib.SMTPException):
        return isinstance(error, smtplib.SMTPServerDisconnected)
    return not isinstance(error, ssl.SSLError)


def _in_words(error: Exception) -> str:
    """What the server or the system said, on one line."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = "; ".join(
            f"{address}: {code} {_plain(reply)}" for address, (code, reply) in sorted(error.recipients.items())
        )
    elif isinstance(error, smtplib.SMTPResponseException):
        said = f"{error.smtp_code} {_plain(error.smtp_error)}"
    else:
        said = str(error) or type(error).__name__
    return " ".join(said.split()).rstrip(".")


def _plain(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
