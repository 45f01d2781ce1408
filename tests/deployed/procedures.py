"""`make test-deployed`: the blocks of docs/operations.md, run one after the other as an operator would, on a site of their own."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyrage
import pytest

from conftest import PATIENCE
from deploy import example
from preau.directory.seeds.world import World
from tests.site_apart import KEY, ROOT, SiteApart, laid

TEXT = (ROOT / "docs" / "operations.md").read_text()
BLOCK = re.compile(r"^ *```sh( root)?\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def blocks(heading: str, *, root: bool = False) -> list[str]:
    """The blocks of a procedure, in order."""
    (part,) = re.findall(rf"^## {re.escape(heading)}[^\n]*\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    return [
        re.sub(r"^ +", "", block, flags=re.MULTILINE)
        for mark, block in BLOCK.findall(part)
        if bool(mark) == root
    ]


class Machine:
    """Where an operator types: `preau` is deploy/bin/preau, the environment is the example with the values of this site."""

    def __init__(self, folder: Path, site: SiteApart, key: Any) -> None:
        self.folder, self.site = folder, site
        self.key = folder / "key.txt"
        self.key.write_text(f"{key}\n")
        (folder / "bin").mkdir()
        (folder / "bin" / "preau").symlink_to(ROOT / "deploy" / "bin" / "preau")
        # Blocks of root that stop, start or give folders: here they are only said.
        self.said = folder / "said"
        for name in ("systemctl", "systemd-tmpfiles"):
            path = folder / "bin" / name
            path.write_text(f'#!/bin/sh\necho "{name} $*" >> {self.said}\n')
            path.chmod(0o755)
        secret = folder / "secret_key"
        secret.write_text(f"{KEY}\n")
        here = {
            "SECRET_KEY_FILE": str(secret),
            "DATABASE_URL": site.url,
            "VAR_DIR": str(site.folder / "var"),
            "BACKUP_DIR": str(folder.parent / "backups"),
            "BACKUP_RECIPIENTS": str(key.to_public()),
            "BACKUP_KEYS_RECIPIENTS": str(key.to_public()),
        }
        text = (ROOT / "deploy" / "preau.env.example").read_text()
        for name, value in here.items():
            assert f"{name}='{example.NEEDED[name]}'" in text
            text = text.replace(f"{name}='{example.NEEDED[name]}'", f"{name}='{value}'")
        self.environment = folder / "preau.env"
        self.environment.write_text(text)

    def type(self, block: str, **others: str) -> str:
        done = subprocess.run(
            ["sh", "-euc", block],
            cwd=self.folder,
            env={
                "PATH": f"{self.folder / 'bin'}:/usr/local/bin:/usr/bin:/bin",
                "PREAU_ENV": str(self.environment),
                "PREAU_HOME": str(ROOT),
                "PREAU_PYTHON": sys.executable,
                "PYTHONPYCACHEPREFIX": sys.pycache_prefix or "",
                "IDENTITY": str(self.key),
                "HOLDER": str(self.key),
                "BACKUP_DIR": str(self.folder.parent / "backups"),
                **others,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=3 * PATIENCE,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout[-2000:]}{done.stderr[-3000:]}"
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def key() -> Any:
    return pyrage.x25519.Identity.generate()


@pytest.fixture(scope="module")
def machine(
    tmp_path_factory: pytest.TempPathFactory, key: Any, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("machine")
    with django_db_blocker.unblock():
        site = laid(folder / "site")
    yield Machine(folder, site, key)
    with django_db_blocker.unblock():
        site.leave()


def test_every_block_reads_as_a_shell_would() -> None:
    found = BLOCK.findall(TEXT)
    assert len(found) >= 18
    for _mark, block in found:
        subprocess.run(["sh", "-n"], input=block, text=True, check=True)


def test_install(machine: Machine) -> None:
    tables, check, operator = blocks("Install, in ten steps")
    assert "static files copied" in machine.type(tables) or "unmodified" in machine.type(tables)
    machine.type(check)
    output = machine.type(operator)
    assert "activation" in output.lower() or "code" in output.lower()


def test_back_up_then_upgrade_then_roll_back(machine: Machine) -> None:
    whole, ledger, looks, carry = blocks("Back up")
    assert "rows of" in machine.type(whole)
    machine.type(ledger)
    assert "all whole" in machine.type(looks)
    elsewhere = machine.folder / "copy"
    elsewhere.mkdir()
    (elsewhere / "2020-01-01T000000Z").mkdir()
    machine.type(carry, ELSEWHERE=str(elsewhere))
    kept = machine.folder.parent / "backups"
    assert sorted(path.name for path in elsewhere.iterdir()) == sorted(path.name for path in kept.iterdir())
    (upgrade,) = blocks("Upgrade")
    machine.type(upgrade)
    (undo,) = blocks("Roll back")
    output = machine.type(undo, APP="platform", NUMBER="0001")
    assert "Unapplying platform.0002" in output
    # The new code again.
    machine.type(upgrade)


def test_restore(machine: Machine, key: Any, tmp_path: Path, db: None) -> None:
    machine.type(blocks("Back up")[0])
    other = Machine(tmp_path, machine.site.empty(tmp_path / "elsewhere"), key)
    kept = f"BACKUP_DIR='{tmp_path.parent}/backups'"
    environment = other.environment.read_text()
    assert kept in environment
    other.environment.write_text(environment.replace(kept, f"BACKUP_DIR='{machine.folder.parent}/backups'"))
    stop, files = blocks("Restore", root=True)
    other.type(stop)
    assert other.said.read_text() == "systemctl stop preau-*.timer preau-*.service\n"
    keys, bring, after = blocks("Restore")
    (backup, *_) = sorted((machine.folder.parent / "backups").glob("2*Z"), reverse=True)
    other.type(keys, BACKUP=str(backup))
    assert (other.folder / "secret_key").read_text().strip() == KEY
    assert "0 tables differ" in other.type(bring)
    other.type(after)
    other.type(files)
    # An upgrade that cannot be undone: the same machine, by the blocks of « Roll back ».
    back = blocks("Roll back", root=True)[-1]
    output = other.type(back, BACKUP_NAME=backup.name)
    assert "0 tables differ" in output
    assert "enable" not in other.said.read_text()
    other.site.leave()


# What is typed on the site, each by their own account: its pages are tried by tests/test_contracts.py.
DECIDE = """
from datetime import timedelta
from django.utils import timezone
from preau.commons.privacy.actions import contracts as actions
from preau.commons.privacy.models import DataRequest, SchoolErasure
from preau.directory.models import Hold, Holding, Person, School
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.identity.models import Account
school = School.objects.get(uai="{uai}")
Hold.objects.filter(school=school).delete()
DataRequest.objects.filter(school=school).update(state="answered", answered_at=timezone.now())
seats = []
for name in ("Roussel", "Garnier"):
    person = Person.objects.create(family_name=name, given_name="Inès")
    Holding.objects.create(person=person, role=Role.OPERATOR)
    account = Account.objects.create_account(name.lower(), person)
    seats.append(viewer_for(Person.objects.get(pk=person.pk), account.pk, timezone.now()))
erasure = actions.prepare(seats[0], school)
actions.confirm(seats[1], erasure, actions.mark_of(erasure))
"""
A_MONTH_LATER = """
from django.utils import timezone
from preau.commons.privacy.models import SchoolErasure
print(SchoolErasure.objects.update(due=timezone.localdate()))
"""
# Of each table that holds rows of a school: how many, and a digest of all that they say.
HELD = """
import hashlib, json
from preau.commons.privacy.queries import contracts
from preau.directory.models import School
school, told = School.objects.get(uai="{uai}"), {{}}
for table in contracts.tables():
    if count := table.count(school.pk):
        told[table.label] = count
people = contracts.people_who_go(school.pk).order_by("pk").values_list("pk", "family_name", "given_name", "erased_at")
told["people"] = hashlib.sha256(repr(list(people)).encode()).hexdigest()
print(json.dumps(told))
"""


def test_end_the_contract_of_a_school(
    key: Any, tmp_path: Path, db: None, college: World, twin: World
) -> None:
    site = laid(tmp_path / "site")
    machine, uai = Machine(tmp_path, site, key), {"UAI": college.uai}
    count, directory, go_on, certificate = blocks("End the contract of a school")
    output = machine.type(count, **uai)
    assert " rows; " in output and "nothing prepared" in output
    machine.type(directory, ANNUAIRE=str(tmp_path / "annuaire"), **uai)
    assert any((tmp_path / "annuaire").iterdir())
    here, beside = (json.loads(site.python(HELD.format(uai=world.uai))) for world in (college, twin))
    assert len(here) > 60 and len(beside) > 60
    # Nothing on a console begins it, nor hastens it.
    with pytest.raises(AssertionError, match="nothing was erased"):
        machine.type(go_on, **uai)
    site.python(DECIDE.format(uai=college.uai))
    with pytest.raises(AssertionError, match="nothing was erased"):
        machine.type(go_on, **uai)
    assert json.loads(site.python(HELD.format(uai=college.uai))).keys() >= here.keys()
    assert site.python(A_MONTH_LATER) == "1\n"
    assert "done" in machine.type(go_on, **uai)
    output = machine.type(certificate, ATTESTATION=str(tmp_path / "attestation.txt"), **uai)
    assert "This site signed that certificate" in output
    assert json.loads(site.python(HELD.format(uai=college.uai))).keys() == {"people"}
    assert json.loads(site.python(HELD.format(uai=twin.uai))) == beside
    (tmp_path / "another").write_bytes(
        (tmp_path / "attestation.txt").read_bytes().replace(b"Lignes", b"Mots")
    )
    with pytest.raises(AssertionError, match="did not sign"):
        machine.type('preau erase_school --verify "$ATTESTATION"', ATTESTATION=str(tmp_path / "another"))
    site.leave()


def test_incident(machine: Machine) -> None:
    (looks,) = blocks("Incident")
    assert "All is well" in machine.type(looks)
