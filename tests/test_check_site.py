"""A site that runs says what is wrong with it: an ended certificate, a clock, a mail server, a backup that is old."""

import shutil
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.management import CommandError, call_command
from django.db import connection

from preau.foundation import looking

HOST = "localhost"


def certificate(folder: Path, ends: datetime) -> Path:
    """Of localhost, signed by itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "both.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


class Server(socketserver.ThreadingTCPServer):
    """Shakes hands, and says nothing."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, pem: Path) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(pem)
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)

    def get_request(self) -> Any:
        plain, address = super().get_request()
        return self.context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        with suppress(OSError):
            request.do_handshake()
        self.shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that refuses our certificate is what is tested."""


@pytest.fixture
def served(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """`served(ends)`: PUBLIC_URL is a server of this machine whose certificate ends then, and is trusted."""
    servers = []

    def serve(ends: datetime) -> None:
        pem = certificate(tmp_path, ends)
        server = Server(pem)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        settings.PUBLIC_URL = f"https://{HOST}:{server.server_address[1]}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_certificate_is_told_of_before_it_ends_and_after(served: Any) -> None:
    served(datetime(2030, 1, 1, tzinfo=UTC))
    assert list(looking.certificate(datetime(2027, 1, 1, tzinfo=UTC))) == []
    (soon,) = looking.certificate(datetime(2029, 12, 22, tzinfo=UTC))
    assert "ends on 01 January 2030" in soon
    served(datetime(2024, 1, 1, tzinfo=UTC))
    (ended,) = looking.certificate()
    assert "is refused: certificate has expired" in ended


def test_a_site_that_does_not_answer_is_told_of(settings: Any) -> None:
    settings.PUBLIC_URL = "https://localhost:1"
    (fault,) = looking.certificate()
    assert "does not answer in HTTPS" in fault


def test_a_mail_server_that_is_away_is_told_of(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    (fault,) = looking.mail()
    assert "does not let us in" in fault


def test_a_site_without_a_backup_of_the_day_is_told_of(tmp_path: Path, settings: Any) -> None:
    settings.BACKUP_DIR = tmp_path
    assert list(looking.backups()) == ["there is no backup of the last 30 hours."]
    (tmp_path / "2026-11-24T010000Z").mkdir()
    cut, none = looking.backups()
    assert "was cut short" in cut and none == "there is no backup of the last 30 hours."


@pytest.mark.django_db
@pytest.mark.engine
def test_a_clock_that_is_wrong_by_an_hour_is_told_of(clock: Any) -> None:
    out = StringIO()
    if connection.vendor == "sqlite":
        # It has no clock but that of this machine.
        assert list(looking.clock()) == []
    else:
        with pytest.raises(CommandError):
            call_command("check_site", "clock", stdout=out, stderr=out)
        assert "differ by" in out.getvalue()


def test_a_disk_that_is_full_is_told_of(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(settings.VAR_DIR)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(total=100, used=95, free=5))
    assert list(looking.disk()) == ["the disk of VAR_DIR is 95% full."]
    assert timedelta(hours=30) == looking.BACKUP
