"""Apache's own CAS client (mod_auth_cas), against our real server."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import PATIENCE
from preau.commons.signon import tasks
from preau.commons.signon.models import Alias, Connection, Service
from preau.directory.seeds.world import World
from tests.foreign.test_cas_clients import Browser, foreign, free_port, linked, preau

requests = foreign("requests")
__all__ = ["preau"]
MODULES = Path("/usr/lib/apache2/modules")
NEEDED = ("mpm_event", "authn_core", "authz_core", "authz_user", "headers", "dir", "auth_cas")

# CASAttributePrefix makes a request header of each attribute; the page gives back what Apache knows, as headers.
SITE = """
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/errors
DefaultRuntimeDir {folder}
User {user}
Group {group}
{modules}
DocumentRoot {folder}/site
CASVersion 2
CASLoginURL {preau}/cas/login
CASValidateURL {preau}/cas/p3/serviceValidate
CASRootProxiedAs http://127.0.0.1:{port}
CASCookiePath {folder}/sessions/
CASSSOEnabled On
<Directory {folder}/site>
    AuthType CAS
    CASAuthNHeader X-Who
    CASScope /
    Require valid-user
    Header set X-User "expr=%{{REMOTE_USER}}"
    Header set X-First "expr=%{{req:CAS-firstName}}"
    Header set X-Profile "expr=%{{req:CAS-profile}}"
</Directory>
"""


@pytest.fixture
def site(planted: dict[str, World], preau: str, tmp_path: Path) -> Iterator[str]:
    """A page of Apache's that asks who comes, until the test is over."""
    apache = shutil.which("apache2") or shutil.which("httpd")
    if not os.environ.get("CI") and not (apache and (MODULES / "mod_auth_cas.so").exists()):
        pytest.skip("mod_auth_cas is not installed: make foreign")
    port, user = free_port(), "www-data"
    folder = tmp_path
    (folder / "site").mkdir()
    (folder / "site" / "index.html").write_text("ouvert")
    sessions = folder / "sessions"
    sessions.mkdir()
    if os.geteuid() == 0:
        shutil.chown(sessions, user, user)
        for above in (folder, *folder.parents):
            if above.owner() == "root" and not above.stat().st_mode & 0o001:
                above.chmod(above.stat().st_mode | 0o011)
    modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in NEEDED)
    configuration = SITE.format(port=port, folder=folder, preau=preau, modules=modules, user=user, group=user)
    (folder / "site.conf").write_text(configuration)
    linked(planted["college"], port)
    with subprocess.Popen(
        [str(apache), "-f", str(folder / "site.conf"), "-DFOREGROUND"], cwd=folder
    ) as running:
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address, running)
            yield address
        finally:
            running.terminate()


def _wait(address: str, running: "subprocess.Popen[bytes]") -> None:
    for _again in range(10 * PATIENCE):
        try:
            requests.get(address, allow_redirects=False, timeout=PATIENCE)
        except requests.ConnectionError:
            assert running.poll() is None, "Apache has stopped"
            time.sleep(0.1)
        else:
            return
    raise AssertionError("Apache does not answer")


def test_apache_learns_who_comes_once_and_until_they_leave(
    planted: dict[str, World], preau: str, site: str
) -> None:
    pupil = planted["college"].people["pupil"]
    asked = requests.get(f"{site}/", allow_redirects=False)
    assert asked.headers["Location"].startswith(f"{preau}/cas/login?service=http%3a%2f%2f127.0.0.1")
    browser = Browser(preau)
    page = browser.open(f"{site}/")
    assert (page.status_code, page.text) == (200, "ouvert")
    service = Service.objects.get(name__startswith="Ailleurs")
    assert page.headers["X-User"] == Alias.objects.get(service=service, person=pupil).value
    assert page.headers["X-First"] == pupil.given_name
    assert page.headers["X-Profile"] == "National_ELV"
    # A ticket that nobody gave opens nothing, and a session of its own is asked from each browser.
    refused: Any = requests.get(f"{site}/", params={"ticket": "ST-1-abc"}, allow_redirects=False)
    assert refused.status_code in {302, 401} and "X-User" not in refused.headers

    # Signed out here, the person is signed out there.
    assert browser.session.get(f"{site}/", allow_redirects=False).status_code == 200
    browser.post("/deconnexion/", browser.session.get(f"{preau}/services-relies/"))
    assert tasks.end_connection.func(Connection.objects.get(service=service).pk) is True
    assert browser.session.get(f"{site}/", allow_redirects=False).status_code == 302
