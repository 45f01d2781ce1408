"""The drive: which folders and files a key opens, by the very rules of the pages that show them, and nothing else."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.files import actions as files
from preau.commons.files import rules
from preau.commons.files.models import StoredFile
from preau.commons.files.tests.samples import PDF, sent
from preau.commons.journal.models import Line
from preau.directory.models import Group
from preau.directory.seeds.world import World
from preau.domains.homework.actions import hand_ins
from preau.domains.homework.models import HandIn, HandInFile, Homework, LessonFile, LessonRecord
from preau.domains.homework.tests.scene import given, lesson_now, written
from preau.domains.timetable.models import Lesson
from preau.foundation import logs, vault
from preau.foundation.filekinds import drive_name, each_once
from preau.identity.actions import keys
from preau.identity.models import AccessKey
from tests.telephone import Telephone, condition, names

TOP = "/dav/fichiers/"


@pytest.fixture
def lesson(college: World) -> Lesson:
    return lesson_now(college)


@pytest.fixture
def teacher(seat_of: Any) -> Any:
    return seat_of("teacher")


def kept(viewer: Any, name: str, content: bytes = PDF) -> StoredFile:
    (file,) = files.keep(viewer, viewer.school.pk, [sent(name, content)], rules.DOCUMENTS)
    return file


@pytest.fixture
def record(lesson: Lesson, teacher: Any) -> LessonRecord:
    """Published, with a document for everybody."""
    record = written(teacher, lesson)
    LessonFile.objects.create(record=record, file=kept(teacher, "Thalès.pdf"))
    return record


@pytest.fixture
def handed(lesson: Lesson, record: LessonRecord, teacher: Any, seat_of: Any) -> HandIn:
    """What the pupil has handed in, one file."""
    homework = given(teacher, lesson, hand_in="online", title="Rédaction : « Mes vacances »")
    handed = hand_ins.hand_in(seat_of("pupil"), homework, "Voici.", [])
    HandInFile.objects.create(hand_in=handed, file=kept(seat_of("pupil"), "redaction.pdf", PDF + b"pupil"))
    return handed


def walk(telephone: Telephone, path: str = TOP) -> dict[str, dict[str, Any]]:
    """Every file below a folder, by its address."""
    found: dict[str, dict[str, Any]] = {}
    for address, facts in telephone.listed(path).items():
        if address == path:
            continue
        if address.endswith("/"):
            found |= walk(telephone, address)
        else:
            found[address] = facts
    return found


def paths(telephone: Telephone) -> list[str]:
    return sorted(
        "/".join(names([part])[0] for part in address.removeprefix(TOP).split("/"))
        for address in walk(telephone)
    )


# What is on it.


def test_a_teacher_has_their_lessons_and_what_was_handed_in(
    handed: HandIn, lesson: Lesson, teacher: Any
) -> None:
    group = lesson.groups.get().name
    pupil = handed.pupil.list_name
    assert paths(Telephone(teacher, "fichiers")) == [
        f"Cahier de textes/{group}/2026-11-24 10h15 {lesson.subject.name}/Thalès.pdf",
        f"Devoirs rendus/{group}/2026-11-25 Rédaction _ « Mes vacances »/{pupil}/redaction.pdf",
    ]


def test_a_family_has_what_it_may_read_child_by_child(handed: HandIn, lesson: Lesson, seat_of: Any) -> None:
    place = f"Cahier de textes/{lesson.subject.name}/2026-11-24 10h15 {lesson.subject.name}/Thalès.pdf"
    assert paths(Telephone(seat_of("guardian"), "fichiers")) == [f"Nina/{place}"]
    assert paths(Telephone(seat_of("pupil"), "fichiers")) == [place]


def test_what_is_not_published_is_on_nobody_elses(lesson: Lesson, teacher: Any, seat_of: Any) -> None:
    record = written(teacher, lesson, publish=False)
    LessonFile.objects.create(record=record, file=kept(teacher, "Brouillon.pdf"))
    telephones = {key: Telephone(seat_of(key), "fichiers") for key in ("pupil", "guardian", "teacher")}
    assert [len(paths(telephone)) for telephone in telephones.values()] == [0, 0, 1]
    LessonRecord.objects.filter(pk=record.pk).update(
        state=LessonRecord.State.READY, shown=LessonRecord.Shown.HOUR, shown_at=NOW + timedelta(hours=1)
    )
    assert [len(paths(telephone)) for telephone in telephones.values()] == [0, 0, 1]
    LessonRecord.objects.filter(pk=record.pk).update(shown_at=NOW)
    assert [len(paths(telephone)) for telephone in telephones.values()] == [1, 1, 1]


def test_a_homework_for_some_is_on_the_drive_of_those(
    record: LessonRecord, lesson: Lesson, teacher: Any, seat_of: Any, college: World
) -> None:
    classmate = Group.objects.get(lessons=lesson).enrolments.exclude(pupil=college.people["pupil"])[0].pupil
    homework = given(teacher, lesson, title="Soutien", pupils=[classmate.pk])
    assert Homework.objects.get(pk=homework.pk).for_some
    LessonFile.objects.create(
        record=record, homework=homework, file=kept(teacher, "Soutien.pdf", PDF + b"for some")
    )
    file_names = {
        key: [path.rsplit("/", 1)[1] for path in paths(Telephone(seat_of(key), "fichiers"))]
        for key in ("pupil", "teacher")
    }
    assert file_names == {"pupil": ["Thalès.pdf"], "teacher": ["Soutien.pdf", "Thalès.pdf"]}


def test_what_is_held_back_is_not_there(record: LessonRecord, teacher: Any) -> None:
    telephone = Telephone(teacher, "fichiers")
    (address,) = walk(telephone)
    for state in (StoredFile.State.HELD, StoredFile.State.REMOVED):
        StoredFile.objects.update(state=state)
        assert walk(telephone) == {} and telephone.ask("GET", address).status_code == 404, state


def test_last_year_is_no_more_on_it(handed: HandIn, lesson: Lesson, teacher: Any) -> None:
    telephone = Telephone(teacher, "fichiers")
    assert len(walk(telephone)) == 2
    other = lesson.year.__class__.objects.create(
        school=lesson.school,
        name="2025-2026",
        starts=lesson.year.starts - timedelta(days=365),
        ends=lesson.year.starts,
    )
    Lesson.objects.filter(pk=lesson.pk).update(year=other)
    assert walk(telephone) == {}


# A file.


def test_a_file_is_the_one_of_the_page(record: LessonRecord, teacher: Any) -> None:
    telephone = Telephone(teacher, "fichiers")
    ((address, facts),) = walk(telephone).items()
    whole = telephone.ask("GET", address)
    body = b"".join(whole.streaming_content)
    assert (whole.status_code, body) == (200, PDF)
    assert (facts["getcontentlength"], facts["getcontenttype"], facts["getetag"]) == (
        str(len(PDF)),
        "application/pdf",
        whole.headers["ETag"],
    )
    assert (
        whole.headers["Content-Disposition"].startswith("attachment")
        and "sandbox" in whole.headers["Content-Security-Policy"]
    )
    assert whole.headers["Last-Modified"] == facts["getlastmodified"]
    part = telephone.ask("GET", address, Range="bytes=0-4")
    assert (part.status_code, b"".join(part.streaming_content), part.headers["Content-Range"]) == (
        206,
        PDF[:5],
        f"bytes 0-4/{len(PDF)}",
    )
    assert telephone.ask("GET", address, Range=f"bytes={len(PDF)}-").status_code == 416
    assert telephone.ask("GET", address, If_None_Match=facts["getetag"]).status_code == 304
    head = telephone.ask("HEAD", address)
    assert (head.status_code, head.headers["ETag"]) == (200, facts["getetag"])


def test_who_opens_what_a_pupil_handed_in_leaves_a_line(handed: HandIn, teacher: Any) -> None:
    telephone = Telephone(teacher, "fichiers")
    lines = Line.objects.filter(verb="homework.hand_in_read", subject=handed.pupil_id)
    address = next(one for one in walk(telephone) if "redaction" in one)
    assert telephone.ask("HEAD", address).status_code == 200 and not lines.exists()
    assert telephone.ask("GET", address).status_code == 200
    line = lines.get()
    assert (line.actor_id, line.is_read) == (teacher.person.pk, True)


def test_names_are_fit_for_every_system() -> None:
    odd = {
        "CON": "_CON",
        "nul.pdf": "_nul.pdf",
        "..": "sans nom",
        "a/b": "a-b",
        "3e B\\..\\x": "3e B-..-x",
        'q: "x"?': "q_ _x__",
        "fin. ": "fin",
        "\u202efdp.exe": "fdp.exe",
        "a\0b": "ab",
        "e\u0301": "é",
        "x" * 300: "x" * 120,
        " ": "sans nom",
    }
    assert {name: drive_name(name) for name in odd} == odd
    assert each_once(["a.pdf", "A.pdf", "a.pdf", "a (2).pdf", "b", "b", ".x", ".x"]) == [
        "a.pdf",
        "A (2).pdf",
        "a (3).pdf",
        "a (2) (2).pdf",
        "b",
        "b (2)",
        ".x",
        ".x (2)",
    ]


def test_two_files_of_one_name_are_two_files(record: LessonRecord, teacher: Any) -> None:
    LessonFile.objects.create(record=record, file=kept(teacher, "thalès.pdf", PDF + b"other"))
    telephone = Telephone(teacher, "fichiers")
    found = {
        names([one])[0]: b"".join(telephone.ask("GET", one).streaming_content) for one in walk(telephone)
    }
    assert found == {"Thalès.pdf": PDF, "thalès (2).pdf": PDF + b"other"}


def test_a_system_that_takes_letters_apart_finds_them(record: LessonRecord, teacher: Any) -> None:
    telephone = Telephone(teacher, "fichiers")
    (address,) = walk(telephone)
    apart = address.replace(quote("è"), quote("e\u0300"))
    assert apart != address and telephone.ask("GET", apart).status_code == 200
    assert telephone.ask("PROPFIND", TOP.rstrip("/"), Depth="1").status_code == 207


def test_bytes_that_are_gone(record: LessonRecord, teacher: Any) -> None:
    telephone = Telephone(teacher, "fichiers")
    (address,) = walk(telephone)
    vault.path_of(StoredFile.objects.get().public_id).unlink()
    assert telephone.ask("GET", address).status_code == 404


# What is refused.


@pytest.mark.parametrize(
    "method", ["PUT", "DELETE", "MKCOL", "PROPPATCH", "POST", "COPY", "MOVE", "LOCK", "UNLOCK"]
)
def test_nothing_is_written(record: LessonRecord, teacher: Any, method: str) -> None:
    telephone = Telephone(teacher, "fichiers")
    (address,) = walk(telephone)
    for path in (address, f"{TOP}nouveau.txt", TOP):
        refused = telephone.ask(method, path, "bonjour", Destination=f"{TOP}ailleurs")
        assert (refused.status_code, condition(refused)) == (403, "need-privileges"), path
    assert StoredFile.objects.count() == 1 and walk(telephone)


def test_what_the_server_says_it_can_do(teacher: Any) -> None:
    response = Telephone(teacher, "fichiers").ask("OPTIONS", TOP)
    assert (response.headers["DAV"], response.headers["Allow"], response.headers["MS-Author-Via"]) == (
        "1, 2",
        "OPTIONS, GET, HEAD, PROPFIND",
        "DAV",
    )
    unknown = Telephone(teacher, "fichiers").ask("REPORT", TOP, "<a/>")
    assert unknown.status_code == 405
    folder = Telephone(teacher, "fichiers").ask("GET", TOP)
    assert (folder.status_code, folder.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")


def test_a_tree_is_not_walked(teacher: Any) -> None:
    telephone = Telephone(teacher, "fichiers")
    for depth in ({}, {"Depth": "infinity"}):
        refused = telephone.ask("PROPFIND", TOP, **depth)
        assert (refused.status_code, condition(refused)) == (403, "propfind-finite-depth")


def test_the_names_of_properties_and_those_that_nobody_has(record: LessonRecord, teacher: Any) -> None:
    telephone = Telephone(teacher, "fichiers")
    (address,) = walk(telephone)
    known = telephone.ask(
        "PROPFIND", address, '<propfind xmlns="DAV:"><propname/></propfind>', Depth="0"
    ).content.decode()
    assert "<D:getetag/>" in known and "pdf" not in known.replace(address, "")
    odd = '<D:propfind xmlns:D="DAV:" xmlns:x="urn:x"><D:prop><x:couleur/><D:getetag/></D:prop></D:propfind>'
    facts = telephone.ask("PROPFIND", address, odd, Depth="0").content.decode()
    assert "404 Not Found" in facts and "couleur" in facts and "200 OK" in facts
    assert telephone.ask("PROPFIND", address, "<propfind xmlns='DAV:'/>", Depth="0").status_code == 400
    assert telephone.ask("PROPFIND", address, "<autre xmlns='DAV:'/>", Depth="0").status_code == 400


def test_hostile_xml_opens_nothing(teacher: Any) -> None:
    telephone = Telephone(teacher, "fichiers")
    for body in ('<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>', "<a>", b"\xff", "<a>\x00</a>"):
        assert telephone.ask("PROPFIND", TOP, body, Depth="0").status_code == 400
    assert telephone.ask("PROPFIND", TOP, b"<a>" + b"x" * 10_000_000 + b"</a>", Depth="0").status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "%00",
        "Cahier%20de%20textes/%00",
        "..",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "..%5c..%5cx",
        "%ed%a0%80",
        "%ff%fe",
        "x" * 3000,
        "a/" * 500,
    ],
)
@pytest.mark.parametrize("method", ["GET", "PROPFIND", "HEAD"])
def test_odd_addresses_lead_nowhere(teacher: Any, path: str, method: str, refuses_nul: None) -> None:
    assert Telephone(teacher, "fichiers").ask(method, f"{TOP}{path}", Depth="0").status_code == 404


def test_a_line_in_an_address_is_no_address_of_ours(teacher: Any) -> None:
    headers = {"Authorization": Telephone(teacher, "fichiers").proof}
    assert Client().generic("PROPFIND", f"{TOP}%0a", headers=headers).status_code == 404


def test_names_stay_out_of_logs(handed: HandIn, teacher: Any, caplog: Any) -> None:
    """As the server writes them: each line passes through the formatter of its handler."""
    telephone = Telephone(teacher, "fichiers")
    address = next(one for one in walk(telephone) if "redaction" in one)
    for method, path in (("PROPFIND", f"{address}.absent"), ("PUT", address), ("GET", f"{address}.absent")):
        telephone.ask(method, path, Depth="0")
    known = logs.configuration(level="INFO", readable=False)["formatters"]["lines"]
    writer = known.pop("()")(**known)
    text = "".join(writer.format(record) for record in caplog.records)
    assert text.count("/dav/fichiers/\\u2026") >= 3
    assert handed.pupil.family_name.upper() not in text and "redaction" not in text and "Devoirs" not in text


# Who.


def test_without_a_key_nothing_is_said(
    record: LessonRecord, client: SchoolClient, college: World, seat_of: Any, teacher: Any
) -> None:
    telephone = Telephone(teacher, "fichiers")
    (address,) = walk(telephone)
    for path in (TOP, address, f"{TOP}inconnu"):
        for method in ("OPTIONS", "GET", "PROPFIND", "PUT"):
            assert Client().generic(method, path).status_code == 401
            assert client.sit(college.people["teacher"]).generic(method, path).status_code == 401
    assert Telephone(teacher, "agenda").ask("PROPFIND", TOP, Depth="0").status_code == 403
    keys.revoke_key(teacher, telephone.key)
    assert telephone.ask("GET", address).status_code == 401


def test_nobody_reaches_the_files_of_others(
    handed: HandIn, college: World, twin: World, seat_of: Any, teacher: Any
) -> None:
    addresses = list(walk(Telephone(teacher, "fichiers")))
    seats = [
        seat_of("pupil", world=twin),
        seat_of("teacher", world=twin),
        seat_of("teacher_1"),
        seat_of("pupil"),
        seat_of("guardian"),
    ]
    for viewer in seats:
        telephone = Telephone(viewer, "fichiers")
        for address in addresses:
            assert telephone.ask("GET", address).status_code == 404
        telephone.is_twin = viewer in seats[:2]
        assert not any("redaction" in one for one in walk(telephone)), viewer
    # Whoever teaches beside has folders of their own, and this one is in none.
    other = Telephone(seat_of("teacher_1"), "fichiers")
    assert not any("Thal" in one for one in walk(other))


def test_a_closed_service_has_no_folder(handed: HandIn, college: World, teacher: Any, seat_of: Any) -> None:
    telephone = Telephone(teacher, "fichiers")
    assert walk(telephone)
    college.school.services = {"homework": {"off": True}}
    college.school.save()
    assert walk(telephone) == {} and "Devoirs rendus" not in names(telephone.listed(TOP))
    college.school.services |= {"drive": {"off": True}}
    college.school.save()
    assert telephone.ask("PROPFIND", TOP, Depth="1").status_code == 403


def test_a_folder_costs_the_same_however_full(
    handed: HandIn, lesson: Lesson, record: LessonRecord, teacher: Any
) -> None:
    telephone = Telephone(teacher, "fichiers")
    folder = next(one for one in walk(telephone) if "redaction" in one).rsplit("/", 2)[0] + "/"

    def cost() -> list[int]:
        counts = []
        for path in (TOP, f"{TOP}{quote('Cahier de textes')}/", folder):
            with CaptureQueriesContext(connection) as caught:
                telephone.listed(path)
            counts.append(len(caught))
        return counts

    few = cost()
    pupils = [
        enrolment.pupil
        for enrolment in lesson.groups.get().enrolments.exclude(pupil=handed.pupil).select_related("pupil")
    ]
    for pupil in pupils:
        other = HandIn.objects.create(
            school=lesson.school, homework=handed.homework, pupil=pupil, handed_at=NOW
        )
        HandInFile.objects.create(
            hand_in=other, file=kept(teacher, f"{pupil.pk}.pdf", PDF + str(pupil.pk).encode())
        )
    assert len(telephone.listed(folder)) == len(pupils) + 2 > 4
    assert cost() == few and max(few) <= 16, few


def test_the_page_of_a_new_key_says_how_to_use_it(
    client: SchoolClient, college: World, settings: Any
) -> None:
    """The address, the login, and each device in a sentence."""
    client.sit(college.people["teacher"])
    own = AccessKey.objects.filter(account__person=college.people["teacher"])
    last = max(own.values_list("pk", flat=True), default=0)
    typed = {
        "name": "Ordinateur",
        "scopes": ["agenda", "fichiers"],
        "days": "90",
        "vu": str(last),
        "nature": "password",
    }
    answer = client.post(reverse("identity:make_key"), typed)
    assert answer.status_code == 200, answer.headers
    page = answer.content.decode()
    for text in (
        f"{settings.PUBLIC_URL}/dav/agendas/",
        f"{settings.PUBLIC_URL}/dav/fichiers/",
        "DAVx⁵",
        "Finder",
    ):
        assert text in page, text
