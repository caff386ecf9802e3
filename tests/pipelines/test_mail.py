"""A mail leaves as the environment says, in any letters; what the server refuses is told, and no secret with it."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from metabolism.errors import CirculezError
from pipelines import mail
from tests.mailbox import Mailbox

SECRET = "pa ss-w%rt"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as server:
        yield server


def settings(server: Mailbox, **more: str) -> dict[str, str]:
    return {
        mail.HOST: "127.0.0.1",
        mail.PORT: str(server.port),
        mail.TLS: "none",
        mail.FROM: "Circulez <circulez@example.org>",
        mail.TO: "anna@example.org; Bob Müller <bob@example.org>",
        **more,
    }


def post(environment: dict[str, str], subject: str = "Circulez: a test", text: str = "words\n") -> list[str]:
    server = mail.server_of(environment)
    return mail.send(server, mail.compose(server, subject, text, "circulez-1"), pauses=(0, 0))


def test_a_mail_arrives_as_it_was_written(mailbox: Mailbox) -> None:
    text = "Die Prüfung schlug fehl.\n.\n.. l'étude « 1 »\n" + "word " * 400 + "\n"
    assert post(settings(mailbox), "Circulez: l'étude d'une zone\n– übermäßig", text) == []
    (got,) = mailbox.received
    assert (got.sender, got.recipients) == ("circulez@example.org", ["anna@example.org", "bob@example.org"])
    verbs = [command.split(" ")[0].upper() for command in got.commands]
    assert verbs == ["EHLO", "MAIL", "RCPT", "RCPT", "DATA", "QUIT"]
    assert got.message["Subject"] == "Circulez: l'étude d'une zone – übermäßig"
    assert got.message["To"] == "anna@example.org, bob@example.org"
    assert got.message["Message-ID"] == "<circulez-1@example.org>"
    assert got.message.get_content_type() == "text/plain"
    assert got.message.get_content_charset() == "utf-8"
    assert got.text == text


@pytest.mark.parametrize("name", [mail.HOST, mail.FROM, mail.TO])
def test_what_is_not_set_is_named(mailbox: Mailbox, name: str) -> None:
    assert mail.missing(settings(mailbox)) == []
    assert mail.missing({**settings(mailbox), name: " "}) == [name]


def test_nothing_set_names_all_three() -> None:
    assert mail.missing({}) == [mail.HOST, mail.FROM, mail.TO]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (mail.PORT, "smtp"),
        (mail.PORT, "0"),
        (mail.PORT, "65536"),
        (mail.PORT, "²"),
        (mail.TLS, "yes"),
        (mail.FROM, "circulez"),
        (mail.TO, "anna@example.org, bob"),
        (mail.TO, ";"),
        (mail.USER, "jürgen"),
        (mail.PASSWORD, "geheimnisträger"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_by_its_name(mailbox: Mailbox, name: str, value: str) -> None:
    with pytest.raises(CirculezError, match=name) as told:
        mail.server_of({**settings(mailbox), name: value})
    assert name != mail.PASSWORD or value not in str(told.value)


@pytest.mark.parametrize(("tls", "port"), [("", 587), ("starttls", 587), ("SSL", 465), ("none", 25)])
def test_the_usual_port_goes_with_the_kind_of_security(mailbox: Mailbox, tls: str, port: int) -> None:
    assert mail.server_of({**settings(mailbox), mail.TLS: tls, mail.PORT: ""}).port == port


def test_a_password_does_not_leave_the_machine_in_the_clear(mailbox: Mailbox) -> None:
    environment = settings(mailbox, **{mail.HOST: "mail.example.org", mail.USER: "me", mail.PASSWORD: SECRET})
    with pytest.raises(CirculezError, match="in the clear") as told:
        mail.server_of(environment)
    assert SECRET not in str(told.value)
    assert SECRET not in repr(mail.server_of({**environment, mail.TLS: "starttls"}))


def test_what_may_pass_is_tried_again(mailbox: Mailbox) -> None:
    mailbox.refusals = {"MAIL": ["451 busy"], "RCPT": ["450 greylisted", "450 greylisted"]}
    assert post(settings(mailbox)) == []
    assert mailbox.connections == 3
    assert len(mailbox.received) == 1


def test_a_server_that_stays_busy_is_told_after_three_attempts(mailbox: Mailbox) -> None:
    mailbox.refusals = {"MAIL": ["451 busy, come back"] * 9}
    with pytest.raises(mail.MailNotSent, match="451 busy, come back"):
        post(settings(mailbox))
    assert mailbox.connections == 3


def test_what_is_refused_for_good_is_not_tried_again(mailbox: Mailbox) -> None:
    mailbox.refusals = {"MAIL": ["550 not from here"]}
    with pytest.raises(mail.MailNotSent, match="550 not from here"):
        post(settings(mailbox))
    assert mailbox.connections == 1


def test_a_recipient_that_is_not_known_does_not_keep_the_mail_from_the_others(mailbox: Mailbox) -> None:
    refused = post(settings(mailbox, **{mail.TO: "nobody@example.org, anna@example.org"}))
    assert refused == ["nobody@example.org"]
    assert mailbox.received[0].recipients == ["anna@example.org"]
    with pytest.raises(mail.MailNotSent, match=r"nobody@example\.org: 550 no such mailbox"):
        post(settings(mailbox, **{mail.TO: "nobody@example.org"}))


def test_no_server_at_all_is_told(mailbox: Mailbox) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(mail.MailNotSent, match=rf"127\.0\.0\.1:{port} did not take the mail"):
        post(settings(mailbox, **{mail.PORT: str(port)}))


def test_a_wrong_password_is_told_without_the_password() -> None:
    with Mailbox(login=("me", SECRET)) as mailbox:
        assert post(settings(mailbox, **{mail.USER: "me", mail.PASSWORD: SECRET})) == []
        with pytest.raises(mail.MailNotSent, match="535") as told:
            post(settings(mailbox, **{mail.USER: "me", mail.PASSWORD: "another"}))
        assert "another" not in str(told.value)
        assert mailbox.connections == 2


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate of 127.0.0.1 that nobody signed but itself."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("no openssl on this machine to make a certificate with")
    folder = tmp_path_factory.mktemp("certificate")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return certificate, context


@pytest.mark.parametrize("tls", ["starttls", "ssl"])
def test_mail_travels_encrypted_to_a_server_that_proves_itself(
    certificate: tuple[Path, ssl.SSLContext], tls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, context = certificate
    with Mailbox(tls=context, wrapped=tls == "ssl", login=("me", SECRET)) as mailbox:
        environment = settings(mailbox, **{mail.TLS: tls, mail.USER: "me", mail.PASSWORD: SECRET})
        with pytest.raises(mail.MailNotSent, match="certificate"):
            post(environment)
        assert mailbox.received == []
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        assert post(environment) == []
        assert mailbox.received[0].secure


def test_a_server_without_starttls_gets_nothing(mailbox: Mailbox) -> None:
    with pytest.raises(mail.MailNotSent, match="STARTTLS"):
        post(settings(mailbox, **{mail.TLS: "starttls"}))
    assert mailbox.received == []
