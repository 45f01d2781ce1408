"""The drop folder: complete deliveries are brought once and erased; the others wait under a name that says why."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from preau.directory import tasks
from preau.directory.imports import drop
from preau.directory.models import Delivery, Person
from preau.directory.tests.aaf import delete, deliver, eleve, etab

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(tmp_path: Path, settings: Any) -> Path:
    settings.DELIVERIES_DIR = tmp_path / "drop"
    return tmp_path / "drop"


def leave(room: Path, called: str, *records: str, minutes: int = 11, **more: Any) -> Path:
    """A delivery left so many minutes ago."""
    folder = deliver(room / "aaf" / called, *records, **more)
    then = (timezone.now() - timedelta(minutes=minutes)).timestamp()
    for path in (*folder.iterdir(), folder):
        os.utime(path, (then, then))
    return folder


def bring() -> dict[str, int]:
    counts: dict[str, int] = tasks.bring_drops.func()
    return counts


def names(room: Path) -> list[str]:
    return sorted(path.name for path in (room / "aaf").iterdir())


def test_a_complete_delivery_is_brought_and_its_files_erased(room: Path) -> None:
    leave(room, "2026-11-20", etab(), eleve("10"))
    leave(room, "2026-11-21", eleve("11", given="Tom"), name="ENT_Delta_20261121_Eleve_0000.xml")
    assert bring() == {"applied": 2}
    assert names(room) == []
    assert Person.objects.filter(external_ids__value__in=["10", "11"]).count() == 2
    assert set(Delivery.objects.filter(school=None).values_list("state", flat=True)) == {"done"}
    assert bring() == {}


def test_what_still_arrives_waits(room: Path) -> None:
    leave(room, "2026-11-20", etab(), eleve("10"), minutes=9)
    assert bring() == {}
    assert names(room) == ["2026-11-20"]


def test_what_cannot_be_trusted_is_put_aside_once(room: Path) -> None:
    for _again in range(2):
        folder = leave(room, "2026-11-20")
        (folder / "Eleve.xml").write_bytes(b"<ficAlimMENESR>")
        then = (timezone.now() - timedelta(minutes=11)).timestamp()
        for path in (*folder.iterdir(), folder):
            os.utime(path, (then, then))
        assert bring() == {"refused": 1}
    assert names(room) == ["2026-11-20-2.refusee", "2026-11-20.refusee"]
    assert bring() == {}
    assert Delivery.objects.filter(state="refused").count() == 2


def test_a_file_that_cannot_be_trusted_stays_alone_and_the_others_go_on(room: Path) -> None:
    folder = leave(room, "1", etab(), eleve("10"))
    (folder / "Autre.xml").write_bytes(b"<ficAlimMENESR>")
    then = (timezone.now() - timedelta(minutes=11)).timestamp()
    for path in (*folder.iterdir(), folder):
        os.utime(path, (then, then))
    assert bring() == {"partly": 1}
    assert names(room) == ["1.refusee"]
    assert [path.name for path in (room / "aaf" / "1.refusee").iterdir()] == ["Autre.xml"]
    assert Person.objects.filter(external_ids__value="10").exists()
    assert Delivery.objects.get().report["errors"][0]["file"] == "Autre.xml"
    assert bring() == {}


def test_a_large_departure_is_held_back(room: Path) -> None:
    leave(room, "1", etab(), *(eleve(str(number), given=f"Léa{number}") for number in range(100, 140)))
    assert bring() == {"applied": 1}
    gone = [delete("Eleve", str(number)) for number in range(100, 121)]
    leave(room, "2", *gone, name="ENT_Delta_20261121_Eleve_0000.xml")
    assert bring() == {"held": 1}
    assert names(room) == ["2.retenue"]
    assert Delivery.objects.get(state="blocked").report["blocked"][0]["ending"] == 21


def test_without_a_folder_there_is_nothing_to_do(settings: Any) -> None:
    settings.DELIVERIES_DIR = None
    assert bring() == {}


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_applied(
    room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(room, "1", etab(), eleve("10"))
    with monkeypatch.context() as closed:
        closed.setattr(drop, "_may_write", lambda folder: folder.name != "aaf")
        with pytest.raises(drop.NotWritable):
            bring()
    assert names(room) == ["1"] and not Person.objects.filter(external_ids__value="10").exists()
    assert not Delivery.objects.exists()
    assert bring() == {"applied": 1}


def test_a_report_that_cannot_be_written_is_told_before_anything_is_applied(
    room: Path, tmp_path: Path
) -> None:
    folder = leave(room, "1", etab(), eleve("10"))
    with pytest.raises(CommandError, match="Rien n’a été lu"):
        call_command("import_aaf", str(folder), "--json", str(tmp_path))
    assert not Person.objects.filter(external_ids__value="10").exists()
