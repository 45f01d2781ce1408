"""Every page as every member of the cast: the right answer, sound HTML, few queries, little weight."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import html5lib
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item, StopLink
from preau.commons.outbox.models import Letter
from preau.commons.works.models import Work
from preau.directory.actions import deliveries
from preau.directory.models import (
    Closure,
    Delivery,
    DeliveryShare,
    Enrolment,
    Group,
    Guardianship,
    Holding,
    Leaver,
    Merge,
    Period,
    Person,
    School,
)
from preau.directory.seeds import World
from preau.directory.words import Authority, Role
from preau.domains.attendance.models import Entry, EntryChange, Explanation, Status
from preau.domains.timetable.models import Lesson, WeeklyPattern
from preau.foundation import notices, uploads
from preau.foundation.text import french
from preau.identity.models import AccountSession
from tests.building import routes
from tests.net.matrix import all_routes

STAFF = {"teacher", "teacher_1", "cpe", "head", "secretary"}
FAMILY = {"guardian", "other_guardian", "pupil"}
EVERYONE = STAFF | FAMILY
ABROAD = {"agent", "operator"}  # of no school; `tests/net/` brings them
SCHOOL_LIFE = {"cpe", "head"}
OFFICE = {"head", "secretary"}
MOST_QUERIES = 12
MOST_BYTES = 60_000


@dataclass(frozen=True)
class Page:
    """A route, the arguments found in the cast's school, who opens it, and what the others are told."""

    name: str
    open_to: frozenset[str]
    otherwise: int = 403
    model: Any = None
    by: str = "pk"
    beside: Any = None

    def address(self, college: World) -> str:
        if self.model is None:
            return reverse(self.name)
        rest = self.beside(college) if self.beside else {}
        return reverse(self.name, kwargs={self.by: getattr(self.model(college), self.by)} | rest)


def lesson_now(college: World) -> Lesson:
    """The lesson that the cast's pupil has now, given to Claire Moreau."""
    lesson = Lesson.objects.of_pupils([college.people["pupil"].pk]).get(starts__lte=NOW, ends__gt=NOW)
    lesson.teachers.set([college.people["teacher"]])
    return lesson


def own_absence(college: World) -> Entry:
    return Entry.objects.to_explain().filter(pupil=college.people["pupil"]).order_by("pk")[0]


def own_class(college: World) -> Group:
    return Group.objects.get(year=college.year, enrolments__pupil=college.people["pupil"])


def cast_pupil(college: World) -> Person:
    return college.people["pupil"]


def own_delivery(college: World) -> Delivery:
    """One that waits for a second person, with names and places to show."""
    note = {"file": "001_Eleve.xml", "line": 7, "key": "12", "reason": "Sans nom."}
    blocked = {"uai": college.uai, "name": "", "ending": 40, "present": 90}
    report = {"counts": {"departures": 40}, "quarantined": [note], "blocked": [blocked]}
    report["sentences"] = {"quarantined": [["Sans nom.", 1]]}
    lines = {"departures": [{"name": "ABADIE Nina", "detail": "Élève"}]}
    return Delivery.objects.create(
        school=college.school, brought_by=college.people["secretary"], state=Delivery.State.BLOCKED,
        report=report, preview={"counts": report["counts"], "lines": lines}, files=["001_Eleve.xml"],
    )  # fmt: skip


def own_tables(college: World) -> Delivery:
    """One whose columns are still to be said, with two files."""
    sent = {
        "eleves": SimpleUploadedFile("a.csv", b"Nom;Prenom;Option\nPetit;Anne;Latin\n"),
        "personnels": SimpleUploadedFile("b.csv", b"Nom;Prenom;Fonction\nZola;Emile;Professeur\n"),
    }
    folder, names = uploads.keep_tables(sent, deliveries.room(), deliveries.TABLES)
    return Delivery.objects.create(
        school=college.school, brought_by=college.people["secretary"], state=Delivery.State.MATCHING,
        source="tableau", folder=folder, files=names,
    )  # fmt: skip


def own_school(college: World) -> School:
    return college.school


def own_period(college: World) -> Period:
    return Period.objects.filter(year=college.year)[0]


def own_link(college: World) -> Guardianship:
    return Guardianship.objects.get(pupil=college.people["pupil"], guardian=college.people["other_guardian"])


def own_leaver(college: World) -> Leaver:
    many_leavers(college, 1)
    found: Leaver = Leaver.objects.get(family_name="Parti 0")
    return found


def colleague(college: World) -> dict[str, str]:
    """Somebody to compare the cast's pupil with."""
    return {"other": college.people["teacher"].public_id}


def own_news(college: World) -> Item:
    """One of the cast's pupil's mother."""
    return tell(college, 1)[0]


def stop_link(college: World) -> StopLink:
    """In a mail to the cast's pupil's mother; whoever has the mail may open it."""
    person = college.people["guardian"]
    return StopLink.objects.get_or_create(
        person=person, kind="attendance.absence", defaults={"made_at": NOW}
    )[0]


def tell(college: World, count: int, start: int = 0) -> list[Item]:
    """`count` news for everyone of the cast, told in the past; those of the mother."""
    for person in college.people.values():
        notices.publish(
            *(
                notices.News(
                    "attendance.absence", person.pk, f"planted-{start + number}", "/absences/", told_at=NOW,
                    facts={"day": "mardi", "hours": "8 h", "school": college.school.name},
                )
                for number in range(count)
            )
        )  # fmt: skip
    return list(Item.objects.filter(person=college.people["guardian"], key__startswith="planted-"))


def many_works(college: World, count: int) -> None:
    """`count` works more of the secretary's, one in two over."""
    for _ in range(count):
        number = Work.objects.count()
        Work.objects.create(
            key=f"essai-{number}", label=f"Lecture {number}", person=college.people["secretary"], school=college.school,
            url="/", can_stop=True, asked_at=NOW, begun_at=NOW, ended_at=NOW if number % 2 else None,
            state=Work.State.DONE if number % 2 else Work.State.RUNNING,
        )  # fmt: skip


def more_news(college: World, count: int) -> None:
    tell(college, count, start=Item.objects.count())


PAGES = [
    Page("portal:home", frozenset(EVERYONE)),
    Page("timetable:week", frozenset(EVERYONE)),
    Page("timetable:patterns", frozenset(OFFICE)),
    Page("timetable:create", frozenset(OFFICE)),
    Page("attendance:absences", frozenset(FAMILY)),
    Page("attendance:board", frozenset(SCHOOL_LIFE)),
    Page("attendance:entries", frozenset(SCHOOL_LIFE)),
    Page("attendance:roll", frozenset({"teacher", "cpe", "head"}), model=lesson_now),
    Page("attendance:explain", frozenset({"guardian", "other_guardian"}), model=own_absence),
    Page("attendance:entry", frozenset(SCHOOL_LIFE), model=own_absence),
    Page("notifications:centre", frozenset(EVERYONE)),
    Page("notifications:item", frozenset({"guardian"}), model=own_news, by="public_id"),
    Page("notifications:preferences", frozenset(EVERYONE)),
    Page("notifications:stop", frozenset(EVERYONE), model=stop_link, by="token"),
    Page("works:works", frozenset(EVERYONE)),
    Page("directory:deliveries", frozenset(OFFICE)),
    Page("directory:bring", frozenset(OFFICE)),
    Page("directory:bring_tables", frozenset(OFFICE)),
    Page("directory:columns", frozenset(OFFICE), model=own_tables),
    Page("directory:departures", frozenset(OFFICE)),
    Page("directory:leaver", frozenset(OFFICE), model=own_leaver, by="public_id"),
    Page("directory:delivery", frozenset(OFFICE), model=own_delivery),
    Page("directory:settings", frozenset({"head"})),
    Page("directory:school", frozenset(EVERYONE), model=own_school, by="public_id"),
    Page("directory:identity", frozenset({"head"})),
    Page("directory:look", frozenset({"head"})),
    Page("directory:hours", frozenset({"head"})),
    Page("directory:periods", frozenset({"head"})),
    Page("directory:create_period", frozenset({"head"})),
    Page("directory:change_period", frozenset({"head"}), model=own_period),
    Page("directory:closures", frozenset({"head"})),
    Page("directory:zone", frozenset({"head"})),
    Page("directory:services", frozenset({"head"})),
    Page(
        "directory:service",
        frozenset({"head"}),
        model=lambda college: SimpleNamespace(key="attendance"),
        by="key",
    ),
    Page("directory:administrators", frozenset({"head"})),
    Page("journal:changes", frozenset({"head"})),
    Page("directory:person", frozenset(EVERYONE), model=cast_pupil, by="public_id"),
    Page("directory:guardianship", frozenset(OFFICE), model=own_link),
    Page("directory:duplicates", frozenset(OFFICE)),
    Page("directory:merges", frozenset(OFFICE)),
    Page("directory:pair", frozenset(OFFICE), model=cast_pupil, by="public_id", beside=colleague),
    Page("search:search", frozenset(EVERYONE)),
    Page("agenda:agenda", frozenset(EVERYONE)),
    Page("agenda:subscription", frozenset(EVERYONE)),
    Page("identity:accounts", frozenset(STAFF)),
    Page("identity:class_accounts", frozenset(STAFF), model=own_class),
    Page("identity:staff_accounts", frozenset(OFFICE)),
    Page("identity:person", frozenset(STAFF), model=cast_pupil, by="public_id"),
    Page("identity:profile", frozenset(EVERYONE)),
    Page("identity:reading", frozenset(EVERYONE)),
    Page("privacy:own_data", frozenset(EVERYONE | ABROAD)),
    Page("privacy:readings", frozenset(EVERYONE | ABROAD)),
    Page(
        "privacy:part",
        frozenset(EVERYONE | ABROAD),
        model=lambda college: SimpleNamespace(key="journal-line"),
        by="key",
    ),
    Page("identity:change_password", frozenset(EVERYONE)),
    Page("identity:sessions", frozenset(EVERYONE)),
    Page("identity:activation", frozenset(EVERYONE)),
    Page("identity:forgotten", frozenset(EVERYONE)),
    Page("foundation:styleguide", frozenset(EVERYONE)),
    Page("portal:offline", frozenset(EVERYONE)),
    Page("portal:first_visit", frozenset(EVERYONE)),
    Page("portal:help", frozenset(EVERYONE)),
    Page("portal:accessibility", frozenset(EVERYONE)),
    Page("portal:legal", frozenset(EVERYONE)),
    Page("portal:privacy", frozenset(EVERYONE)),
    Page("portal:state", frozenset(EVERYONE)),
]
PUBLIC = {
    "notifications:stop",
    "portal:home",
    "portal:offline",
    "portal:help",
    "portal:accessibility",
    "portal:legal",
    "portal:privacy",
    "portal:state",
    "foundation:styleguide",
    "identity:activation",
    "identity:forgotten",
}
# Not pages: health, sign-in while signed in, POST only, CSV; each has tests of its own.
ELSEWHERE = {
    "notifications:open", "notifications:mark", "notifications:read_all", "notifications:revoke",
    "notifications:add_device", "notifications:remove_device", "notifications:try_device", "notifications:renew_device",
    "foundation:alive", "foundation:ready", "foundation:styleguide_section", "identity:sign_in", "identity:sign_out", "identity:switch",
    "privacy:export", "identity:picture", "identity:take_picture", "identity:remove_picture", "identity:resume",
    "identity:new_password", "identity:end_session", "identity:prepare_class", "identity:prepare_staff",
    "identity:prepare_person", "identity:give_code", "identity:letters_pdf", "demo:outbox",
    "portal:demonstration", "portal:app_manifest", "portal:service_worker", "portal:guide", "portal:privacy_house", "portal:sitemap", "portal:robots",
    "portal:settle_guide", "directory:apply", "directory:approve", "directory:drop", "directory:delivery_part", "directory:report_csv",
    "directory:merge", "directory:tell_apart", "directory:undo_merge",
    "directory:lift_ruling", "directory:export", "directory:report_json", "directory:logo", "directory:take_logo", "directory:remove_logo", "directory:remove_period",
    "directory:remove_closure", "directory:end_delegation", "timetable:stop", "attendance:withdraw", "attendance:decide", "attendance:export",
    "agenda:subscribe", "agenda:unsubscribe", "agenda:feed", "works:stop", "directory:export_departures", "directory:let_go",
}  # fmt: skip


def test_no_page_is_forgotten_here() -> None:
    assert {name for name, _ in routes(get_resolver().url_patterns)} == {
        page.name for page in PAGES
    } | ELSEWHERE


def counted(client: SchoolClient, address: str) -> tuple[Any, int]:
    """The answer and how many statements it took, transactions aside (docs/decisions/0027)."""
    with CaptureQueriesContext(connection) as done:
        response = client.get(address)
    read = [q for q in done.captured_queries if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE)", q["sql"])]
    return response, len(read)


@pytest.mark.parametrize("key", sorted(EVERYONE))
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_answers_as_declared(college: World, client: SchoolClient, page: Page, key: str) -> None:
    client.sit(college.people[key])
    response, queries = counted(client, page.address(college))
    if key not in page.open_to:
        # What one may not see does not exist: 404; what one sees but may not open: 403.
        assert response.status_code in {page.otherwise, 404}
        return
    assert response.status_code == 200
    assert queries <= MOST_QUERIES
    assert len(response.content) <= MOST_BYTES
    assert list(faults(response.content.decode())) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_visitor_is_asked_to_sign_in(college: World, client: SchoolClient, page: Page) -> None:
    response = client.get(page.address(college))
    if page.name in PUBLIC:
        assert response.status_code == 200
        assert list(faults(response.content.decode())) == []
    else:
        assert response.status_code == 302
        assert response.url.startswith("/connexion/?suite=")


def faults(page: str) -> Iterator[str]:
    """What is wrong with a page's HTML: syntax, headings, ids, labels, tables, inline code."""
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    tree = parser.parse(page)
    for _, code, data in parser.errors:
        yield f"{code} {data}"
    if len(list(tree.iter("h1"))) != 1:
        yield "one h1 is expected"
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    yield from (f"id {name} twice" for name in {name for name in ids if ids.count(name) > 1})
    labelled = {label.get("for") for label in tree.iter("label")}
    for field in [*tree.iter("input"), *tree.iter("select"), *tree.iter("textarea")]:
        if field.get("type") not in {"hidden", "submit"} and field.get("id") not in labelled:
            yield f"no label for {field.get('name')}"
    yield from ("table without a caption" for table in tree.iter("table") if table.find("caption") is None)
    for element in tree.iter():
        if element.get("style") or any(str(name).startswith("on") for name in element.keys()):  # noqa: SIM118
            yield f"inline code on {element.tag}"
    yield from (f"a sign may leave its word: {words}" for words in loose_signs(tree))


def loose_signs(element: Any) -> Iterator[str]:
    """The texts of a page where a plain space stands before « : » and its like: a line may break there."""
    if element.tag in {"script", "style", "pre", "code", "textarea"} or not isinstance(element.tag, str):
        return
    said = [element.text, *(child.tail for child in element)]
    said += [element.get(name) for name in ("aria-label", "title", "placeholder", "data-title")]
    yield from (words.strip() for words in said if words and words != french(words))
    for child in element:
        yield from loose_signs(child)


def test_a_bad_page_is_found_bad() -> None:
    bad = (
        '<!DOCTYPE html><html lang="fr"><head><title>x</title></head><body><h1>a</h1><h1>b</h1><p id="x"></p>'
        '<p id="x"></p><input name="nom"><table><tr><td style="color:red"></td></tr></table><p>Oui : non</p></div></body></html>'
    )
    found = " ".join(faults(bad))
    for fault in (
        "one h1",
        "id x twice",
        "no label for nom",
        "table without a caption",
        "inline code",
        "end-tag",
        "Oui : non",
    ):
        assert fault in found


# Each list costs the same number of queries for 1 and for 30 rows.


def many_absences(college: World, count: int) -> None:
    """`count` pupils more, each absent now and explained by a parent."""
    lesson = lesson_now(college)
    group = lesson.groups.get()
    for number in range(count):
        pupil = Person.objects.create(family_name=f"Élève {number}", given_name="Ana")
        Enrolment.objects.create(school=college.school, group=group, pupil=pupil, starts=college.year.starts)
        explanation = Explanation.objects.create(
            school=college.school,
            pupil=pupil,
            day=lesson.day,
            reason_id=1,
            given_by=college.people["guardian"],
            given_at=NOW,
        )
        Entry.objects.create(
            school=college.school,
            lesson=lesson,
            pupil=pupil,
            day=lesson.day,
            status=Status.ABSENT,
            explanation=explanation,
        )


def many_lessons(college: World, count: int) -> None:
    """`count` lessons more for everyone today."""
    model = lesson_now(college)
    groups = list(Group.objects.filter(year=college.year))
    for number in range(count):
        later = timedelta(seconds=number + 1)
        lesson = Lesson.objects.create(
            school=college.school, year=college.year, subject=model.subject, room=model.room,
            starts=model.ends + later, ends=model.ends + 2 * later, day=model.day,
        )  # fmt: skip
        lesson.groups.set(groups)
        lesson.teachers.set([college.people["teacher"], college.people["teacher_1"]])


def own_absences(college: World, count: int) -> None:
    """`count` absences more for the cast's pupil, one a lesson."""
    lessons = Lesson.objects.of_pupils([college.people["pupil"].pk]).filter(
        day__lt=NOW.date(), attendance_entries=None
    )
    for lesson in lessons.order_by("pk")[:count]:
        Entry.objects.create(
            school=college.school,
            lesson=lesson,
            pupil=college.people["pupil"],
            day=lesson.day,
            status=Status.ABSENT,
        )


def many_deliveries(college: World, count: int) -> None:
    """`count` deliveries more, each with its share of the school."""
    for number in range(count):
        delivery = Delivery.objects.create(
            school=college.school if number % 2 else None, brought_by=college.people["secretary"],
            state=Delivery.State.DONE,
        )  # fmt: skip
        DeliveryShare.objects.create(delivery=delivery, school=college.school, counts={"arrivals": number})


def many_classes(college: World, count: int) -> None:
    """`count` classes more, each with a pupil."""
    for _ in range(count):
        group = Group.objects.create(
            school=college.school, year=college.year, kind=Group.Kind.CLASS, name=f"Classe {Group.objects.count()}"
        )  # fmt: skip
        many_pupils(college, 1, group)


def many_pupils(college: World, count: int, group: Group | None = None) -> None:
    """`count` pupils more in the class of the cast's pupil, each with a guardian."""
    dates = {"starts": college.year.starts}
    for number in range(count):
        pupil = Person.objects.create(family_name=f"Élève {number}", given_name="Ana")
        guardian = Person.objects.create(family_name=f"Parent {number}", given_name="Ida")
        Holding.objects.create(person=pupil, role=Role.PUPIL, school=college.school, **dates)
        Enrolment.objects.create(
            school=college.school, group=group or own_class(college), pupil=pupil, **dates
        )
        Guardianship.objects.create(pupil=pupil, guardian=guardian, authority=Authority.LEGAL, **dates)


def many_staff(college: World, count: int) -> None:
    for number in range(count):
        person = Person.objects.create(family_name=f"Prof {number}", given_name="Ada")
        Holding.objects.create(person=person, role=Role.TEACHER, school=college.school)


def many_leavers(college: World, count: int) -> None:
    """`count` pupils more who have left, each with a class and a guardian, who has left the staff."""
    for _ in range(count):
        number = Person.objects.filter(family_name__startswith="Parti ").count()
        pupil = Person.objects.create(family_name=f"Parti {number}", given_name="Ana")
        guardian = Person.objects.create(family_name=f"Responsable {number}", given_name="Ida")
        dates = {"starts": college.year.starts, "ends": NOW.date() - timedelta(days=3)}
        Holding.objects.create(person=pupil, role=Role.PUPIL, school=college.school, **dates)
        Holding.objects.create(person=guardian, role=Role.TEACHER, school=college.school, **dates)
        Enrolment.objects.create(school=college.school, group=own_class(college), pupil=pupil, **dates)
        Guardianship.objects.create(pupil=pupil, guardian=guardian, authority=Authority.LEGAL)


def many_pairs(college: World, count: int) -> None:
    """`count` colleagues more under two rows each."""
    for _ in range(count):
        number = Person.objects.count()
        for _row in range(2):
            person = Person.objects.create(family_name=f"Double {number}", given_name="Ada")
            Holding.objects.create(person=person, role=Role.TEACHER, school=college.school)


def many_merges(college: World, count: int) -> None:
    for _ in range(count):
        rows = [Person.objects.create(family_name="Réuni", given_name="Ada") for _row in range(2)]
        Merge.objects.create(
            school=college.school, kept=rows[0], other=rows[1], by=college.people["secretary"], at=NOW
        )


def many_browsers(college: World, count: int) -> None:
    for _ in range(count):
        store = SessionStore()
        store.create()
        AccountSession.objects.create(
            session_id=store.session_key, account=college.people["guardian"].account, device="Firefox",
            opened_at=NOW, seen_at=NOW,
        )  # fmt: skip


def many_notes(college: World, count: int) -> None:
    """`count` lines set aside and people leaving more, in the delivery that waits."""
    delivery = Delivery.objects.filter(school=college.school).first() or own_delivery(college)
    for number in range(count):
        note = {"file": "001_Eleve.xml", "line": number, "key": str(number), "reason": f"Doute {number}."}
        delivery.report["quarantined"].append(note)
        delivery.report["sentences"]["quarantined"].append([note["reason"], 1])
        delivery.preview["lines"]["departures"].append({"name": f"ABADIE {number}", "detail": "Élève"})
    delivery.save()


def many_missed(college: World, count: int) -> None:
    """`count` lessons more missed by the cast's pupil on the day to explain."""
    model = own_absence(college).lesson
    for number in range(count):
        later = timedelta(seconds=number + 1 + Lesson.objects.count())
        lesson = Lesson.objects.create(
            school=college.school, year=college.year, subject=model.subject, room=model.room,
            starts=model.starts + later, ends=model.ends + later, day=model.day,
        )  # fmt: skip
        lesson.groups.set([own_class(college)])
        Entry.objects.create(
            school=college.school, lesson=lesson, pupil=college.people["pupil"], day=lesson.day, status=Status.ABSENT
        )  # fmt: skip


def many_changes(college: World, count: int) -> None:
    """`count` corrections more of the cast's absence."""
    for _ in range(count):
        EntryChange.objects.create(
            school=college.school, entry=own_absence(college), status=Status.ABSENT,
            changed_by=college.people["cpe"], changed_at=NOW,
        )  # fmt: skip


def many_closures(college: World, count: int) -> None:
    for _ in range(count):
        day = NOW.date() + timedelta(days=Closure.objects.count())
        Closure.objects.create(school=college.school, name=f"Pont du {day}", starts=day, ends=day)


def many_periods(college: World, count: int) -> None:
    for _ in range(count):
        Period.objects.create(
            school=college.school, year=college.year, name=f"Période {Period.objects.count()}",
            starts=college.year.starts, ends=college.year.ends,
        )  # fmt: skip


def many_settings_changed(college: World, count: int) -> None:
    for _ in range(count):
        Line.objects.create(
            verb="directory.hours_changed", actor=college.people["head"], school=college.school,
            target="directory.school", target_id=college.school.pk, details={"fields": "opens_at"},
        )  # fmt: skip


def many_readings(college: World, count: int) -> None:
    for _ in range(count):
        Line.objects.create(
            verb="attendance.entry_read", actor=college.people["cpe"], acting_as=f"staff-{college.school.pk}",
            school=college.school, subject=college.people["pupil"], is_read=True,
        )  # fmt: skip


def many_letters(college: World, count: int) -> None:
    for number in range(count):
        Letter.objects.create(to="a@famille.example", subject=f"Lettre {number}", body="…")


# Every page that may hold one row or thirty: who opens it, and what makes it long.
LISTS = [
    ("teacher", "portal:home", many_lessons),
    ("teacher", "timetable:week", many_lessons),
    ("teacher", "agenda:agenda", many_lessons),
    ("guardian", "agenda:agenda", own_absences),
    ("pupil", "portal:home", many_lessons),
    ("guardian", "portal:home", own_absences),
    ("guardian", "attendance:absences", own_absences),
    ("guardian", "attendance:explain", many_missed),
    ("cpe", "portal:home", many_absences),
    ("cpe", "attendance:board", many_absences),
    ("cpe", "attendance:entries", many_absences),
    ("cpe", "attendance:export", many_absences),
    ("cpe", "attendance:entry", many_changes),
    ("secretary", "directory:deliveries", many_deliveries),
    ("secretary", "directory:delivery", many_notes),
    ("secretary", "directory:delivery_part", many_notes),
    ("secretary", "directory:report_csv", many_notes),
    ("secretary", "directory:report_json", many_notes),
    ("secretary", "directory:departures", many_leavers),
    ("secretary", "directory:departures?qui=personnels", many_leavers),
    ("secretary", "directory:departures?qui=responsables", many_leavers),
    ("secretary", "directory:duplicates", many_pairs),
    ("secretary", "directory:merges", many_merges),
    ("secretary", "timetable:create", many_classes),
    ("secretary", "timetable:week", many_classes),
    ("secretary", "identity:accounts", many_classes),
    ("secretary", "identity:class_accounts", many_pupils),
    ("secretary", "identity:class_accounts?qui=responsables", many_pupils),
    ("secretary", "identity:staff_accounts", many_staff),
    ("guardian", "identity:sessions", many_browsers),
    ("head", "directory:closures", many_closures),
    ("head", "directory:periods", many_periods),
    ("head", "directory:administrators", many_staff),
    ("head", "journal:changes", many_settings_changed),
    ("head", "privacy:part", many_settings_changed),
    ("pupil", "privacy:readings", many_readings),
    ("guardian", "notifications:centre", more_news),
    ("guardian", "demo:outbox", many_letters),
    ("secretary", "works:works", many_works),
]
# Lists that have a test of their own below, and pages that show one thing, however large the school.
LISTS_APART = {"attendance:roll", "timetable:patterns", "agenda:feed", "directory:person"}
ONE_THING = {
    "foundation:alive", "foundation:ready", "foundation:styleguide", "portal:demonstration", "directory:bring",
    "directory:bring_tables", "directory:columns",
    "portal:first_visit", "portal:help", "portal:guide", "portal:accessibility", "portal:legal", "portal:privacy", "portal:privacy_house", "portal:state",
    "portal:sitemap", "portal:robots",
    "identity:sign_in", "identity:resume", "identity:activation", "identity:forgotten", "identity:new_password",
    "identity:change_password", "identity:person", "identity:profile", "privacy:own_data", "identity:reading", "identity:picture",
    "portal:app_manifest", "portal:service_worker", "portal:offline", "foundation:styleguide_section",
    "directory:settings", "directory:identity", "directory:look", "directory:hours", "directory:create_period",
    "directory:change_period", "directory:guardianship", "directory:leaver", "directory:pair", "directory:zone", "directory:services", "directory:service", "directory:logo", "directory:school",
    "notifications:item", "notifications:preferences", "notifications:stop",
    "search:search", "agenda:subscription",
}  # fmt: skip


def test_no_list_is_forgotten_here() -> None:
    """A new page says whether it grows: every route that is read is in one of the three."""
    read = {route.name for route in all_routes() if "GET" in route.methods}
    lists = {name.partition("?")[0] for _, name, _ in LISTS}
    assert read == lists | LISTS_APART | ONE_THING
    assert not ONE_THING & (lists | LISTS_APART)


def address_of(college: World, name: str) -> str:
    """The address of a page of the table, with its object; « name?query » keeps its query."""
    name, mark, query = name.partition("?")
    page = next((page for page in PAGES if page.name == name), Page(name, frozenset()))
    if name in {"directory:delivery_part", "directory:report_csv", "directory:report_json"}:
        part = {"part": "departs"} if name.endswith("part") else {}
        return reverse(name, kwargs={"pk": Delivery.objects.get(school=college.school).pk, **part})
    if name == "directory:delivery":
        return reverse(name, kwargs={"pk": Delivery.objects.get(school=college.school).pk})
    return page.address(college) + mark + query


@pytest.mark.parametrize(
    ("key", "name", "more"), LISTS, ids=lambda value: value if isinstance(value, str) else value.__name__
)
def test_thirty_rows_cost_the_queries_of_one(
    college: World, client: SchoolClient, settings: Any, key: str, name: str, more: Any
) -> None:
    settings.DEMO = name == "demo:outbox"
    client.sit(college.people[key])
    more(college, 1)
    address = address_of(college, name)
    few_page, few = counted(client, address)
    more(college, 30)
    many_page, many = counted(client, address)
    assert few_page.status_code == 200
    assert many == few
    assert len(body(many_page)) > len(body(few_page))


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_the_roll_of_thirty_costs_what_one_of_six_does(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    address = reverse("attendance:roll", kwargs={"pk": lesson_now(college).pk})
    _, few = counted(client, address)
    many_absences(college, 30)
    page, many = counted(client, address)
    assert many == few
    assert page.content.decode().count('type="radio"') >= 36 * 3
    assert len(page.content) <= MOST_BYTES


def test_forty_weekly_lessons_cost_what_one_does(college: World, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    _, many = counted(client, reverse("timetable:patterns"))
    patterns = WeeklyPattern.objects.filter(year=college.year)
    patterns.exclude(pk=patterns[0].pk).delete()
    page, few = counted(client, reverse("timetable:patterns"))
    assert many == few
    assert page.content.decode().count("<tr") == 2


def test_a_school_without_anything_yet_has_pages_all_the_same(college: World, client: SchoolClient) -> None:
    """The first morning: a head, a CPE and a secretary, and neither year, class, lesson nor absence."""
    school = School.objects.create(uai="0359904D", name="Collège neuf", kind=School.Kind.COLLEGE)
    for key, role in (("head", Role.HEAD), ("cpe", Role.SCHOOL_LIFE), ("teacher", Role.TEACHER)):
        person = college.people[key]
        Holding.objects.create(person=person, role=role, school=school)
        client.sit(person, f"staff-{school.pk}")
        for name in (
            "portal:home",
            "timetable:week",
            "attendance:board",
            "attendance:entries",
            "attendance:export",
            "directory:deliveries",
            "directory:bring",
        ):
            response = client.get(reverse(name))
            assert response.status_code in {200, 403}, (key, name)
            if response.status_code == 200 and not response.streaming:
                assert "Collège neuf" in response.content.decode()
                assert list(faults(response.content.decode())) == []
        # Without a year there is nothing to put lessons in.
        assert client.get(reverse("timetable:create")).status_code == 403
