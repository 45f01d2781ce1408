"""`make test-deployed`: backups copied to an S3 and brought back from it, by rclone and the words of deploy/offsite; the S3 is moto's, on this machine."""

import configparser
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyrage
import pytest

from conftest import PATIENCE
from tests.deployed.procedures import Machine, blocks
from tests.deployed.proxy import free_port, wait_for
from tests.site_apart import KEY, ROOT, laid

HERE = ROOT / "deploy" / "offsite"
BUCKET = "preau-sauvegardes"
CLEAN = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
# Debian's Python, which has what moto asks for: a bucket with versions, and what it holds.
MAKE = f"s3.create_bucket(Bucket='{BUCKET}'); s3.put_bucket_versioning(Bucket='{BUCKET}', VersioningConfiguration={{'Status': 'Enabled'}})"
KEYS = f"""
for page in s3.get_paginator('list_object_versions').paginate(Bucket='{BUCKET}'):
    for one in page.get('Versions', []):
        print(one['Key'], one['IsLatest'], s3.get_object(Bucket='{BUCKET}', Key=one['Key'], VersionId=one['VersionId'])['Body'].read().hex())
"""


def settings_of(port: int) -> dict[str, str]:
    """The example, with the address and the key of this S3."""
    text = (HERE / "preau-offsite.env.example").read_text()
    variables = dict(re.findall(r"^([A-Z0-9_]+)='(.*)'$", text, re.MULTILINE))
    assert {name for name, value in variables.items() if value == "…"} == {
        "RCLONE_CONFIG_OFFSITE_ACCESS_KEY_ID",
        "RCLONE_CONFIG_OFFSITE_SECRET_ACCESS_KEY",
    }
    keys = {name: "key" for name, value in variables.items() if value == "…"}
    return variables | keys | {"RCLONE_CONFIG_OFFSITE_ENDPOINT": f"http://127.0.0.1:{port}"}


class Bucket:
    def __init__(self, port: int) -> None:
        self.port, self.settings = port, settings_of(port)

    def ask(self, lines: str) -> str:
        client = f"boto3.client('s3', endpoint_url='http://127.0.0.1:{self.port}', aws_access_key_id='key', aws_secret_access_key='key', region_name='us-east-1')"
        words = ["/usr/bin/python3", "-c", f"import boto3\ns3 = {client}\n{lines}"]
        return subprocess.run(words, env=CLEAN, capture_output=True, text=True, check=True).stdout

    def versions(self) -> list[tuple[str, bool, bytes]]:
        """What the bucket holds: each version, whether it is the last one, and its bytes."""
        found = [line.split(" ") for line in self.ask(KEYS).splitlines()]
        return [(key, last == "True", bytes.fromhex(content)) for key, last, content in found]


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    port = free_port()
    server = subprocess.Popen(
        ["/usr/bin/moto_server", "-H", "127.0.0.1", "-p", str(port)],
        env=CLEAN,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        found = Bucket(port)
        found.ask(MAKE)
        yield found
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE)


@pytest.fixture(scope="module")
def key() -> Any:
    return pyrage.x25519.Identity.generate()


@pytest.fixture(scope="module")
def machine(
    tmp_path_factory: pytest.TempPathFactory, key: Any, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("there") / "machine"
    folder.mkdir()
    with django_db_blocker.unblock():
        site = laid(folder / "site")
    yield Machine(folder, site, key)
    with django_db_blocker.unblock():
        site.leave()


def carry(
    machine: Machine, bucket: Bucket, name: str = "backup", **others: str
) -> "subprocess.CompletedProcess[str]":
    """What the drop-in of a unit adds to it, with the environment that systemd gives."""
    unit = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(HERE / f"{name}.conf")
    known = (
        bucket.settings
        | {"BACKUP_DIR": str(machine.folder.parent / "backups"), "HOME": str(machine.folder)}
        | others
    )
    words = [
        re.sub(r"\$\{(\w+)\}", lambda found: known[found[1]], word)
        for word in unit["Service"]["ExecStartPost"].split()
    ]
    assert words[0] == "/usr/bin/rclone"
    return subprocess.run(
        words, env=CLEAN | known, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_a_machine_that_is_lost_comes_back_from_the_bucket(
    machine: Machine, bucket: Bucket, key: Any, tmp_path: Path, db: None
) -> None:
    kept = machine.folder.parent / "backups"
    machine.site.python(
        "from django.core.files.base import ContentFile\nfrom django.core.files.storage import default_storage\n"
        "default_storage.save('fichiers/planted.txt', ContentFile(b'Zephyrin Plantepaille'))"
    )
    whole, ledger, *_others = blocks("Back up")
    machine.type(whole)
    done = carry(machine, bucket)
    assert done.returncode == 0, done.stderr
    machine.type(ledger)
    assert carry(machine, bucket, "erasures").returncode == 0
    look, back, _moment = blocks("Copy backups to S3")
    assert re.search(
        r"^\d{4}-\d\d-\d\dT\d+Z/$",
        machine.type(look, **bucket.settings, HOME=str(machine.folder)),
        re.MULTILINE,
    )
    there = {key.removeprefix("ent/"): content for key, last, content in bucket.versions() if last}
    assert there == tree(kept) and any(name.startswith("objects/") for name in there)
    assert not any(word in content for content in there.values() for word in (b"Zephyrin", KEY.encode()))
    # Nothing is sent twice.
    assert len(bucket.versions()) == len(there) and carry(machine, bucket).returncode == 0
    assert len(bucket.versions()) == len(there)

    other = Machine(tmp_path, machine.site.empty(tmp_path / "elsewhere"), key)
    elsewhere = tmp_path / "brought"
    text = other.environment.read_text()
    other.environment.write_text(
        re.sub(r"^BACKUP_DIR=.*$", f"BACKUP_DIR='{elsewhere}'", text, flags=re.MULTILINE)
    )
    output = other.type(back, **bucket.settings | {"BACKUP_DIR": str(elsewhere), "HOME": str(tmp_path)})
    assert "all whole" in output and tree(elsewhere) == tree(kept)
    keys, bring, _after = blocks("Restore")
    (backup,) = elsewhere.glob("2*Z")
    other.type(keys, BACKUP=str(backup))
    assert (other.folder / "secret_key").read_text().strip() == KEY
    assert "0 tables differ" in other.type(bring)
    assert (other.site.media / "fichiers" / "planted.txt").read_bytes() == b"Zephyrin Plantepaille"
    other.site.leave()


def test_what_is_past_its_term_goes_and_what_was_taken_away_comes_back(
    machine: Machine, bucket: Bucket, tmp_path: Path
) -> None:
    kept = machine.folder.parent / "backups"
    machine.type(blocks("Back up")[0])
    assert carry(machine, bucket).returncode == 0
    before = tree(kept)
    # Dates of an S3 are of a second.
    time.sleep(1.1)
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    time.sleep(1.1)
    first, *_later = sorted(kept.glob("2*Z"))
    shutil.rmtree(first)
    (object_, *_rest) = sorted((kept / "objects").rglob("*.age"))
    object_.write_bytes(b"changed by whoever took this machine")
    assert carry(machine, bucket).returncode == 0
    last = {name.removeprefix("ent/") for name, is_last, _said in bucket.versions() if is_last}
    assert last == set(tree(kept)) and not any(name.startswith(f"{first.name}/") for name in last)
    # Without the right to delete versions, all of it is there still.
    _look, _back, at = blocks("Copy backups to S3")
    elsewhere = tmp_path / "brought"
    text = machine.environment.read_text()
    machine.environment.write_text(
        re.sub(r"^BACKUP_DIR=.*$", f"BACKUP_DIR='{elsewhere}'", text, flags=re.MULTILINE)
    )
    output = machine.type(
        at, **bucket.settings | {"BACKUP_DIR": str(elsewhere), "HOME": str(tmp_path), "MOMENT": moment}
    )
    machine.environment.write_text(text)
    assert "all whole" in output and tree(elsewhere) == before


def test_a_bucket_that_is_away_is_a_unit_that_failed_and_nothing_is_deleted(
    machine: Machine, bucket: Bucket
) -> None:
    before = bucket.versions()
    away = {
        "RCLONE_CONFIG_OFFSITE_ENDPOINT": f"http://127.0.0.1:{free_port()}",
        "RCLONE_RETRIES": "1",
        "RCLONE_LOW_LEVEL_RETRIES": "1",
    }
    done = carry(machine, bucket, **away)
    assert done.returncode != 0 and "not deleting files" in done.stderr
    done = carry(machine, bucket, BACKUP_DIR=str(machine.folder / "not mounted"), RCLONE_RETRIES="1")
    assert done.returncode != 0 and bucket.versions() == before
