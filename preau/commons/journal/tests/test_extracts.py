"""The journal for an inquiry: who may ask, what is in the file, and what a changed file or database shows."""

import hashlib
import subprocess
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from shutil import which
from typing import Any
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from conftest import NOW, SchoolClient
from preau.commons.files.models import StoredFile
from preau.commons.journal import actions, exports, queries, tasks
from preau.commons.journal.models import Extract, Line, Seal
from preau.commons.journal.queries import LineQuery
from preau.commons.works.models import Work
from preau.directory.models import Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.foundation import vault, works

State = Extract.State
TODAY = NOW.date()


@pytest.fixture
def five_lines(college: World) -> list[Line]:
    """Five lines of the school: the CPE reads a pupil's file thrice, the head changes something, the pupil signs in."""
    cpe, pupil, head = (college.people[key] for key in ("cpe", "pupil", "head"))
    Line.objects.filter(school=college.school).delete()
    made = [
        Line.objects.create(
            verb="attendance.entry_read",
            actor=cpe,
            acting_as=f"staff-{college.school.pk}",
            school=college.school,
            target="attendance.entry",
            target_id=number,
            subject=pupil,
            is_read=True,
        )
        for number in range(3)
    ]
    made += [
        Line.objects.create(
            verb="directory.hours_changed", actor=head, school=college.school, details={"fields": "é"}
        ),
        Line.objects.create(verb="identity.signed_in", actor=pupil, school=college.school),
    ]
    Line.objects.filter(pk__in=[one.pk for one in made]).update(at=NOW - timedelta(hours=1))
    return made


def made(viewer: Any, shape: str = "zip", **asked: Any) -> Extract:
    extract = actions.ask_extract(viewer, LineQuery(TODAY, TODAY, **asked), shape)
    tasks.make_extract.func(extract.pk)
    extract.refresh_from_db()
    return extract


def content_of(extract: Extract) -> bytes:
    assert extract.file
    return vault.path_of(extract.file.public_id).read_bytes()


def bundle(college: World, **asked: Any) -> bytes:
    return exports.made(college.school, LineQuery(TODAY, TODAY, **asked), "zip").content


def changed(bundle: bytes, change: Callable[[str, bytes], bytes | None], **more: bytes) -> bytes:
    """The same archive, each file of which `change` may write otherwise, or leave out."""
    file = BytesIO()
    with ZipFile(BytesIO(bundle)) as before, ZipFile(file, "w") as after:
        for name in before.namelist():
            content = change(name, before.read(name))
            if content is not None:
                after.writestr(name, content)
        for name, content in more.items():
            after.writestr(name, content)
    return file.getvalue()


def faults(content: bytes, **how: Any) -> list[str]:
    return exports.check(BytesIO(content), **how).faults


# The page


def test_the_head_reads_lines_by_person_action_and_kind(
    college: World, client: SchoolClient, five_lines: list[Line]
) -> None:
    client.sit(college.people["head"])
    cpe, pupil = college.people["cpe"], college.people["pupil"]

    def count(**query: str) -> int:
        page = client.get(reverse("journal:lines"), query)
        assert page.status_code == 200
        return max(page.content.decode().count("<tr") - 1, 0)

    assert count(action="attendance.entry_read") == 3
    assert count(genre="ecriture", action="attendance.entry_read") == 0
    assert count(personne=cpe.public_id, sens="par") == 3
    assert count(personne=pupil.public_id, sens="sur", action="attendance.entry_read") == 3
    assert count(personne=pupil.public_id, sens="par") == 1
    yesterday = f"{TODAY - timedelta(days=1)}"
    assert count(du=yesterday, au=yesterday) == 0
    # Looking for somebody leaves a line, and somebody else's school is nobody's.
    assert Line.objects.filter(verb="journal.lines_read", subject=pupil, is_read=True).exists()


def test_a_name_is_typed_and_stays_out_of_addresses(
    college: World, client: SchoolClient, five_lines: list[Line], twin: World
) -> None:
    client.sit(college.people["head"])
    cpe = college.people["cpe"]
    answer = client.post(
        reverse("journal:lines"), {"nom": f"{cpe.given_name} {cpe.family_name}", "sens": "par"}
    )
    assert answer.status_code == 302
    assert f"personne={cpe.public_id}" in answer["Location"] and cpe.family_name not in answer["Location"]
    nobody = client.post(reverse("journal:lines"), {"nom": "Zzyzx"}).content.decode()
    assert "Personne de ce nom" in nobody
    stranger = twin.people["cpe"].public_id
    assert client.get(reverse("journal:lines"), {"personne": stranger}).status_code == 200
    assert queries.people_named(viewer_of(college, "head"), twin.people["cpe"].family_name) == []


def viewer_of(college: World, key: str) -> Any:
    from preau.directory.viewer import viewer_for  # noqa: PLC0415

    return viewer_for(college.people[key], college.people[key].account.pk, NOW)


def test_nonsense_in_the_address_is_ignored(
    college: World, client: SchoolClient, five_lines: list[Line]
) -> None:
    client.sit(college.people["head"])
    for query in (
        {"du": "hier"},
        {"au": "2026-99-99"},
        {"action": "x"},
        {"genre": "?"},
        {"personne": "x" * 99},
        {"du": "2026-12-01"},
        {"au": "9999-12-31"},
        {"du": "0001-01-01"},
        {"du": "0001-01-01", "au": "0001-01-01"},
    ):
        assert client.get(reverse("journal:lines"), query).status_code == 200


def test_a_nul_in_an_address_never_reaches_the_database(college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    assert queries.person_of(seat_of("head"), f"\0{pupil.public_id}\0") == pupil
    assert queries.person_of(seat_of("head"), "\0") is None


def test_the_head_reads_nothing_private_of_their_own_child(
    college: World, seat_of: Any, five_lines: list[Line], django_assert_num_queries: Any
) -> None:
    """What the other parent asked, and what they were answered, is not in the page nor in an extract."""
    head, mother, pupil = (college.people[key] for key in ("head", "guardian", "pupil"))
    facts = {"school": college.school, "verb": "privacy.request_sent"}
    asked_by_her = apps.get_model("privacy.DataRequest").objects.create(
        school=college.school, subject=pupil, asked_by=mother, asked_at=NOW, due=TODAY
    )
    on_hers = {"target": "privacy.datarequest", "target_id": asked_by_her.pk}
    hers = Line.objects.create(actor=mother, acting_as="guardian", subject=pupil, **facts)
    alone = Line.objects.create(subject=pupil, **facts | on_hers | {"verb": "privacy.request_told"})
    own = Line.objects.create(actor=head, subject=pupil, **facts)
    others = [Line.objects.create(actor=mother, subject=one, **facts) for one in (mother, None)]
    asked = LineQuery(TODAY, TODAY)
    assert {hers, alone} <= set(queries.lines_of(seat_of("head"), asked))
    Guardianship.objects.create(pupil=pupil, guardian=head, authority="legal", kinship="other")
    seat = seat_of("head", f"staff-{college.school.pk}")
    with django_assert_num_queries(1):
        read = set(queries.lines_of(seat, asked))
    assert read.isdisjoint({hers, alone}) and {own, *others, *five_lines} <= read
    extract = made(seat, "csv")
    table = content_of(extract).decode("utf-8-sig")
    numbers = {int(row.split(";")[0]) for row in table.splitlines()[1:]}
    assert (
        numbers.isdisjoint({hers.pk, alone.pk})
        and {own.pk, *(one.pk for one in [*others, *five_lines])} <= numbers
    )
    assert extract.rows == len(numbers)


# Extracts


def test_the_code_of_a_former_verb_tells_no_more_than_the_word(college: World, seat_of: Any) -> None:
    Line.objects.create(
        verb="records.private_read", actor=college.people["head"], school=college.school, is_read=True
    )
    table = content_of(made(seat_of("head"), "csv")).decode("utf-8-sig")
    assert "Dossier confidentiel lu;records.read;" in table and "private" not in table


def test_a_task_makes_the_extract_and_each_step_leaves_a_line(
    college: World, client: SchoolClient, five_lines: list[Line]
) -> None:
    DBTaskResult.objects.all().delete()
    pupil = college.people["pupil"]
    client.sit(college.people["head"])
    asked = {"personne": pupil.public_id, "sens": "sur", "du": f"{TODAY}", "au": f"{TODAY}", "forme": "csv"}
    shown = client.post(reverse("journal:extract"), asked, follow=True).content.decode()
    assert "En préparation" in shown
    (queued,) = DBTaskResult.objects.filter(task_path__endswith="make_extract")
    tasks.make_extract.func(*queued.args_kwargs["args"])
    extract = Extract.objects.get(school=college.school)
    # The three readings, and the asking itself.
    assert (extract.state, extract.rows, extract.person) == (State.READY, 4, pupil)
    assert Work.objects.get(person=college.people["head"]).state == Work.State.DONE
    address = reverse("files:file", kwargs={"public_id": extract.file.public_id})
    assert address in client.get(reverse("journal:extracts")).content.decode()
    table = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
    assert table.count("La page d’une absence;attendance.entry_read;lecture") == 3
    assert hashlib.sha256(content_of(extract)).hexdigest() == extract.sha256
    verbs = Line.objects.filter(verb__startswith="journal.extract", subject=pupil).values_list(
        "verb", flat=True
    )
    assert sorted(verbs) == ["journal.extract_asked", "journal.extract_made", "journal.extract_opened"]


def test_the_same_click_twice_is_one_extract(college: World, seat_of: Any, five_lines: list[Line]) -> None:
    one, other = (actions.ask_extract(seat_of("head"), LineQuery(TODAY, TODAY), "csv") for _ in range(2))
    assert one == other
    assert actions.ask_extract(seat_of("head"), LineQuery(TODAY, TODAY), "zip") != one
    tasks.make_extract.func(one.pk)
    tasks.make_extract.func(one.pk)
    assert StoredFile.objects.filter(pk=Extract.objects.get(pk=one.pk).file_id).count() == 1


def test_whoever_is_head_no_more_gets_nothing(college: World, seat_of: Any, five_lines: list[Line]) -> None:
    extract = actions.ask_extract(seat_of("head"), LineQuery(TODAY, TODAY), "csv")
    Holding.objects.filter(person=college.people["head"]).update(ends=TODAY)
    tasks.make_extract.func(extract.pk)
    extract.refresh_from_db()
    assert (extract.state, extract.file) == (State.FAILED, None)


def test_a_stopped_one_leaves_nothing(
    college: World, seat_of: Any, five_lines: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any) -> None:
        raise works.Stopped

    monkeypatch.setattr(works, "tell", stopped)
    assert made(seat_of("head")).state == State.DROPPED


def test_one_that_fails_says_so(
    college: World, seat_of: Any, five_lines: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "made", lambda *_: 1 / 0)
    extract = actions.ask_extract(seat_of("head"), LineQuery(TODAY, TODAY), "csv")
    with pytest.raises(ZeroDivisionError):
        tasks.make_extract.func(extract.pk)
    extract.refresh_from_db()
    assert extract.state == State.FAILED


def test_extracts_go_with_their_days_and_their_people(
    college: World, seat_of: Any, five_lines: list[Line]
) -> None:
    extract = made(seat_of("head"), person=college.people["pupil"])
    assert actions.erase_extracts(extract.expires_on) == 0
    assert actions.erase_extracts(extract.expires_on + timedelta(days=1)) == 1
    made(seat_of("head"), person=college.people["pupil"])
    assert actions.forget_extracts(college.people["pupil"].pk) == 1


def test_a_cell_is_no_formula(college: World, five_lines: list[Line]) -> None:
    Person.objects.filter(pk=college.people["cpe"].pk).update(given_name="=1+1")
    table = exports.made(college.school, LineQuery(TODAY, TODAY), "csv").content.decode("utf-8-sig")
    assert ";=1+1" not in table and "'=1+1" in table


# Bundles


def test_a_bundle_says_by_itself_how_to_check_it(
    college: World, seat_of: Any, five_lines: list[Line], tmp_path: Path
) -> None:
    extract = made(seat_of("head"))
    with ZipFile(BytesIO(content_of(extract))) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
    notice = (tmp_path / "LISEZMOI.txt").read_text()
    assert college.school.uai in notice and f"Lignes\u202f: {extract.rows}" in notice.replace(" :", "\u202f:")
    if which("sha256sum"):
        subprocess.run(["sha256sum", "-c", "MANIFESTE.sha256"], cwd=tmp_path, check=True, capture_output=True)
    if which("openssl"):
        command = "pkeyutl -verify -pubin -inkey cle-publique.pem -rawin -in MANIFESTE.sha256 -sigfile MANIFESTE.sig"
        subprocess.run(["openssl", *command.split()], cwd=tmp_path, check=True, capture_output=True)
    found = exports.check(BytesIO(content_of(extract)))
    assert (found.faults, found.lines, found.compared) == ([], extract.rows, extract.rows)
    # All that had settled was sealed first, and all of the seal is here.
    assert (found.seals, found.whole_seals) == (1, 1)


def test_a_part_of_a_seal_is_told_and_not_recomputed(college: World, five_lines: list[Line]) -> None:
    actions.seal(college.school.pk)
    found = exports.check(BytesIO(bundle(college, person=college.people["head"], side="par")))
    assert (found.faults, found.seals, found.whole_seals) == ([], 1, 0)


@pytest.mark.parametrize(
    "name", ["journal.csv", "lignes.jsonl", "sceaux.csv", "LISEZMOI.txt", "cle-publique.pem"]
)
def test_a_changed_file_shows(college: World, five_lines: list[Line], name: str) -> None:
    whole = bundle(college)
    assert faults(whole) == []
    other = changed(whole, lambda one, content: content + b" " if one == name else content)
    assert faults(other) == [f"{name} is not the one that was signed."]


def test_a_manifest_written_again_shows(college: World, five_lines: list[Line], settings: Any) -> None:
    whole = bundle(college)
    forged = changed(whole, lambda name, content: content.upper() if name == "MANIFESTE.sha256" else content)
    assert "The manifest was not signed by this site." in faults(forged)
    more = changed(whole, lambda name, content: content, **{"ajout.txt": b"x"})
    assert faults(more) == ["It does not hold the files of a bundle, and no other."]
    assert "This is not a bundle" in faults(b"PK nothing")[0]
    assert (
        "This is not a bundle"
        in faults(changed(whole, lambda name, content: None if "sig" in name else content))[0]
    )
    # Another site did not sign it; this one, before its key changed, did.
    former = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 9, []
    assert faults(whole) == ["The manifest was not signed by this site."]
    settings.SECRET_KEY_FALLBACKS = [former]
    assert faults(whole) == []


def test_a_database_that_has_changed_since_shows(college: World, five_lines: list[Line]) -> None:
    actions.seal(college.school.pk)
    whole = bundle(college)
    Line.objects.filter(pk=five_lines[0].pk).update(verb="identity.signed_in")
    Line.objects.filter(pk=five_lines[1].pk).delete()
    assert faults(whole) == [
        f"Line {five_lines[0].pk} has changed in the database.",
        f"Line {five_lines[1].pk} is not in the database any more.",
    ]
    assert faults(whole, with_database=False) == []
    Seal.objects.filter(school=college.school).update(digest="0" * 64)
    assert any("is not the one of the database any more" in fault for fault in faults(whole))


def test_lines_changed_before_the_bundle_show_too(college: World, five_lines: list[Line]) -> None:
    actions.seal(college.school.pk)
    Line.objects.filter(pk=five_lines[0].pk).update(details={"changed": 1})
    assert any("its lines are not those that were sealed" in fault for fault in faults(bundle(college)))


# Commands


def test_the_operator_exports_and_verifies(
    college: World, five_lines: list[Line], tmp_path: Path, capsys: Any
) -> None:
    out = tmp_path / "journal.zip"
    days = {"first": f"{TODAY}", "last": f"{TODAY}"}
    words = ["--school", college.school.uai.lower(), "--from", days["first"], "--to", days["last"]]
    call_command("journal_export", *words, f"--about={college.people['pupil'].public_id}", "--out", str(out))
    line = Line.objects.get(verb="journal.exported_at_console")
    assert (line.actor, line.subject, line.details) == (None, college.people["pupil"], days | {"rows": 3})
    assert out.stat().st_mode & 0o077 == 0
    call_command("journal_verify", str(out))
    assert "3 lines, 3 compared" in capsys.readouterr().out
    with pytest.raises(CommandError, match="is there already"):
        call_command("journal_export", *words, "--out", str(out))
    out.write_bytes(out.read_bytes().replace(b"PK", b"XX", 1))
    with pytest.raises(CommandError):
        call_command("journal_verify", str(out), "--alone")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--school", "0000000Z"], "No school"),
        (["--about", "nobody"], "No person"),
        (["--from", "2026-12-31"], "comes after"),
        (["--about", "a", "--by", "b"], "Either"),
        (["--out", "journal.txt"], "must end in"),
    ],
)
def test_what_is_asked_wrong_is_said(college: World, tmp_path: Path, words: list[str], says: str) -> None:
    asked = {
        "--school": college.school.uai,
        "--from": "2026-11-01",
        "--to": "2026-11-30",
        "--out": str(tmp_path / "a.csv"),
    }
    asked |= dict(zip(words[::2], words[1::2], strict=True))
    with pytest.raises(CommandError, match=says):
        call_command("journal_export", *[part for pair in asked.items() for part in pair])
    with pytest.raises(CommandError, match="No file"):
        call_command("journal_verify", str(tmp_path / "nothing.zip"))
