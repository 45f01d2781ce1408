"""When a family and a teacher are erased, their name stands in no table, and no file."""

from contextlib import suppress
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.db.models import CharField, FileField, TextField
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from conftest import NOW, SchoolClient
from preau.commons.agenda.models import Feed
from preau.commons.files import tasks as files_tasks
from preau.commons.files.models import StoredFile
from preau.commons.journal.models import Line
from preau.commons.notifications import tasks as news_tasks
from preau.commons.notifications.models import Device, Preference, Rhythm, StopLink
from preau.commons.outbox import tasks as outbox_tasks
from preau.commons.outbox.models import Letter
from preau.commons.works import tasks as works_tasks
from preau.commons.works.models import Work
from preau.directory.actions import departures
from preau.directory.models import (
    Distinction,
    Enrolment,
    ExternalId,
    Group,
    Guardianship,
    Hold,
    Holding,
    Person,
)
from preau.directory.seeds.world import World
from preau.directory.tests.test_departures import DAY, TODAY, hold, link, new, pass_days
from preau.directory.words import Role
from preau.domains.attendance.models import Decision, Entry, Explanation, Reason
from preau.domains.homework.models import HandIn, HandInFile, Homework
from preau.foundation import boards, notices, upkeep, vault
from preau.foundation.text import fold
from preau.identity.models import Account, Activation

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


def traces_of(name: str) -> set[str]:
    """The tables and columns where a name still stands, whatever the type of the column."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        fields = [field.attname for field in model._meta.concrete_fields]
        for row in model._base_manager.values(*fields):
            found |= {f"{model._meta.label}.{key}" for key, value in row.items() if name in fold(str(value))}
    return found


def test_no_trace_of_a_family_is_left_in_any_table(
    college: World, client: SchoolClient, clock: Any, django_capture_on_commit_callbacks: Any
) -> None:
    pupil, mother, teacher = people = [new(given=given) for given in ("Ada", "Ida", "Eva")]
    settled(college, people)
    for person in people:
        client.sit(person)
        client.get("/")
    busy(college, pupil, mother, teacher)
    Distinction.objects.create(
        school=college.school, one=mother, other=teacher, by=college.people["head"], at=timezone.now()
    )
    assert {
        "directory.Person.family_name",
        "directory.Person.search_name",
        "directory.Person.birth_name",
        "directory.Person.email",
        "identity.Account.login",
        "attendance.Explanation.comment",
        "attendance.Decision.comment",
        "notifications.Item.facts",
        "works.Work.label",
        "directory.Hold.reason",
        "notifications.Device.endpoint",
    } <= traces_of("zephyrin")
    left = date(2026, 12, 1)
    Holding.objects.filter(person__in=people).update(ends=left)
    Hold.objects.update(last_day=date(2027, 1, 1))
    pictures = [account.picture.name for account in Account.objects.filter(person__in=people)]
    clock.shift(100 * DAY)
    with django_capture_on_commit_callbacks(execute=True):
        pass_days(clock, 8)
    assert traces_of("zephyrin") == set()
    assert traces_of("1234567890z") == set()
    assert not any(default_storage.exists(name) for name in pictures)
    # What the decision record keeps: facts, of a person without a name.
    assert Entry.objects.filter(pupil=pupil).exists()
    assert Line.objects.filter(subject=pupil, actor=college.people["cpe"]).exists()
    assert pupil.enrolments.exists() and teacher.holdings.exists()
    assert not Guardianship.objects.filter(guardian=mother).exists()
    for entry in boards.personal_data:
        if entry.keep == boards.Retention.ACCOUNT and entry.model not in KEPT_WITHOUT_A_NAME:
            rows = apps.get_model(entry.model)._base_manager
            for link in [entry.person] if entry.person else ["one", "other"]:
                assert not rows.filter(**{f"{link}__in": people}).exists(), entry.model


# Their rows stay, and say nothing of who it was.
KEPT_WITHOUT_A_NAME = {
    "directory.Person",
    "directory.Holding",
    "directory.Enrolment",
    "directory.Assignment",
    "identity.Account",
    # Counts of a school: about nobody.
    "platform.Figures",
}


def settled(college: World, people: list[Person]) -> None:
    """A pupil, a mother and a teacher of one name, as a year leaves them."""
    pupil, mother, teacher = people
    for person in people:
        person.birth_name, person.birth_date = "Zéphyrin", date(2014, 1, 1)
        person.email = f"{person.given_name}@zephyrin.example"
        person.save()
        login = f"{person.given_name}.zephyrin".lower()
        account = Account.objects.create_account(login, person, "six chevaux bleus au galop")
        account.picture.save("zephyrin.png", ContentFile(b"image"))
        hold(person, college.school, Role.PUPIL if person == pupil else Role.TEACHER)
        key = {"source": "aaf", "authority": "14", "kind": "person", "value": f"1234567890Z{person.pk}"}
        ExternalId.objects.create(person=person, **key)
    Holding.objects.filter(person=mother).delete()
    Holding.objects.filter(person=teacher).update(
        title="Projet Zéphyrin", scope={"settings": {"until": "2026-12-24", "by": "zephyrin"}}
    )
    link(pupil, mother, lives_with=True, ruled_on=date(2026, 1, 1))
    group = Group.objects.filter(year=college.year)[0]
    Enrolment.objects.create(school=college.school, group=group, pupil=pupil, starts=date(2026, 9, 1))


def busy(college: World, pupil: Person, mother: Person, teacher: Person) -> None:
    """What each room of the building may hold of them."""
    lesson = Entry.objects.filter(school=college.school)[0].lesson
    explanation = Explanation.objects.create(
        school=college.school,
        pupil=pupil,
        day=lesson.day,
        reason=Reason.objects.all()[0],
        given_by=mother,
        given_at=NOW,
        comment="La petite Zéphyrin toussait",
    )
    Entry.objects.create(
        school=college.school,
        lesson=lesson,
        pupil=pupil,
        day=lesson.day,
        status="absent",
        explanation=explanation,
    )
    Decision.objects.create(
        school=college.school,
        explanation=explanation,
        state="accepted",
        comment="Bien, Mme Zéphyrin",
        decided_by=college.people["cpe"],
        decided_at=NOW,
    )
    for person, about in ((mother, pupil), (teacher, None), (college.people["cpe"], pupil)):
        notices.publish(
            notices.News(
                "attendance.refused",
                person.pk,
                f"zephyrin-{person.pk}",
                "/",
                about_id=about and about.pk,
                facts={"comment": "Zéphyrin", "day": "lundi", "school": "x"},
            )
        )
    for person in (mother, teacher):
        Preference.objects.create(person=person, kind="attendance.absence", pace="never")
        Rhythm.objects.create(person=person)
        StopLink.objects.create(person=person, kind="attendance.absence", made_at=NOW)
        Device.objects.create(
            person=person,
            endpoint=f"https://push.example/zephyrin/{person.pk}",
            p256dh="x",
            auth="x",
            label="Firefox",
            opened_in="x",
            added_at=NOW,
        )
        Feed.objects.create(account=person.account, digest=f"{person.pk:064}", opened_at=NOW)
        Work.objects.create(
            key=f"w-{person.pk}",
            label="Lettres Zéphyrin",
            person=person,
            url="/",
            can_stop=True,
            asked_at=NOW,
        )
        Activation.objects.create(
            account=person.account,
            kind="first_letter",
            digest=f"{person.pk:064}",
            issued_at=NOW,
            issued_by=teacher,
            expires_at=NOW + 600 * DAY,
        )
    Hold.objects.create(
        person=mother, school=college.school, last_day=TODAY, reason="Recours Zéphyrin", held_at=NOW
    )
    Line.objects.create(
        verb="directory.person_read",
        actor=college.people["cpe"],
        subject=pupil,
        is_read=True,
        acting_as=f"staff-{college.school.pk}",
        school=college.school,
    )


def test_a_name_that_is_left_somewhere_is_found(college: World) -> None:
    college.school.privacy_contact = "Mme Zéphyrin"
    college.school.save()
    assert traces_of("zephyrin") == {"directory.School.privacy_contact"}


# A canary in every text that a person's forms reach, then a look at every table, every file and every session

CANARY = "zqxvkanari"
# Words that stay, of a person without a name, and why: they are the school's, or somebody else's.
WORDS_THAT_STAY = {
    "gradebook.Assessment": "what was assessed is the school's, and goes at its term",
    "homework.LessonRecord": "what was done in a lesson is the school's, and goes at its term",
    "homework.Homework": "the work given in a lesson is the school's, and goes at its term",
    "homework.Correction": "what a lesson said before is the school's, and goes at its term",
    "competences.Sheet": "what was assessed is the school's, and goes at its term",
    "report_cards.Appreciation": "what was said of a pupil stays theirs, and goes with them or at its term",
    "report_cards.Suggestion": "what was suggested of what is said of a pupil, with it",
    "report_cards.Decision": "what a council decided of a pupil, with it",
    "report_cards.Council": "what a council decided is the school's, and goes at its term",
    "messaging.Thread": "what others answered stays readable, without a name, and goes at its term",
    "messaging.Message": "with it",
    "scenarios.Scenario": "what was published stays, signed as its author chose",
    "scenarios.Version": "the version that the public reads, with it",
    "liaison.Word": "a word to families is the school's, signed by others, and goes at its term",
    "liaison.Precision": "what was added to it, with it",
    "liaison.Remark": "what was said of another pupil is theirs, and goes with them or at its term",
    "surveys.Survey": "what the school asked is the school's, answered by others, and goes at its term",
    "questions.Questionnaire": "what the school asks is the school's, and goes at its term",
    "questions.Question": "with it",
    "events.Event": "an event is the school's, and goes at its term",
    "campaigns.Campaign": "how the school writes to families is the school's, and goes at its term",
    "conduct.Incident": "what several people did, reported by somebody, goes at its term",
    "conduct.IncidentStep": "what an incident said before, with it",
    "timetable.DaySlot": "the name of a slot of the day is the school's",
    "timetable.Lesson": "a lesson is the school's",
    "timetable.WeeklyPattern": "a lesson of each week is the school's",
    "attendance.SeatingPlan": "the name of a plan is the school's, and goes with the year",
}
# Whose rows are planted: a pupil of whom much is known, their mother, their teacher, somebody of the office.
ROLES = ("pupil", "guardian", "teacher", "secretary")


def texts_of(entry: boards.PersonalData) -> list[Any]:
    """The columns of a table in which somebody may have typed: text without choices, that no other table or address knows."""
    model = apps.get_model(entry.model)
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, CharField | TextField)
        and not isinstance(field, FileField)
        and not field.choices
        and not field.unique
        and (field.max_length or 99) >= len(CANARY)
        and entry.fields[field.name] != boards.FieldClass.NONE
        and field.name not in entry.says
    ]


def plant_canaries(people: list[Person]) -> set[str]:
    """Write the word in each of these columns, of each row about these people; the columns in which it now stands."""
    planted = set()
    for entry in boards.personal_data:
        if entry.model in NOT_TYPED or not entry.person:
            continue
        model = apps.get_model(entry.model)
        fields = texts_of(entry)
        keys = list(
            model._base_manager.filter(
                **{f"{entry.person}__in": [person.pk for person in people]}
            ).values_list("pk", flat=True)
        )
        for field in fields if keys else ():
            # Where the table says that it must be empty now, nobody typed anything.
            with suppress(IntegrityError), transaction.atomic():
                model._base_manager.filter(pk__in=keys).update(**{field.name: CANARY})
                planted.add(f"{entry.model}.{field.name}")
    return planted


# Nobody types in these: what they hold comes from a key of ours.
NOT_TYPED = {"journal.Line", "works.Work", "privacy.DataCopy"}


def every_cell() -> set[str]:
    """Tables and columns where the word stands, asked of the database itself: tables that no model knows are there too."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # the names come from the database
            names = [one[0] for one in cursor.description]
            for row in cursor.fetchall():
                found |= {
                    f"{table}.{name}"
                    for name, value in zip(names, row, strict=True)
                    if CANARY in fold(str(value))
                }
    return found


def every_file() -> set[str]:
    """The files under the folder of the site that hold the word, or are named after it."""
    found = set()
    for path in Path(settings.VAR_DIR).rglob("*"):
        if path.is_file() and not path.name.startswith("preau.sqlite3"):
            named = CANARY in path.name
            if named or CANARY.encode() in path.read_bytes():
                found.add(str(path))
    return found


def every_session() -> list[Any]:
    return [session.session_key for session in Session.objects.all() if CANARY in str(session.get_decoded())]


def tables_of(models: Any) -> set[str]:
    return {apps.get_model(model)._meta.db_table for model in models}


def test_a_canary_in_every_text_leaves_no_trace(
    college: World, client: SchoolClient, clock: Any, django_capture_on_commit_callbacks: Any
) -> None:
    people = [college.people[role] for role in ROLES]
    pupil, mother, teacher, _secretary = people
    for person in people:
        client.sit(person).get("/")
    busy(college, pupil, mother, teacher)
    planted = plant_canaries(people)
    assert len(planted) >= 35, sorted(planted)
    files = [
        kept(college, pupil, f"{CANARY}.txt", CANARY.encode()),
        kept(college, mother, f"{CANARY}.png", picture(), width=9),
    ]
    vault.write(BytesIO(CANARY.encode()), files[1].glimpse)
    work = Homework.objects.filter(school=college.school)[0]
    HandIn.objects.filter(pupil=pupil, homework=work).delete()
    handed = HandIn.objects.create(
        school=college.school, homework=work, pupil=pupil, text=CANARY, handed_at=NOW, is_late=False
    )
    HandInFile.objects.create(hand_in=handed, file=files[0], of_teacher=False)
    Explanation.objects.filter(given_by=mother).update(document=files[1])
    for account in Account.objects.filter(person__in=people):
        account.picture.save(f"{CANARY}.png", ContentFile(CANARY.encode()))
    elsewhere(college, client, mother)
    assert every_file() and every_session()
    clock.shift(100 * DAY)
    with django_capture_on_commit_callbacks(execute=True):
        for person in people:
            departures.erase_again(person.pk)
    clock.shift(100 * DAY)
    with django_capture_on_commit_callbacks(execute=True):
        for task in (upkeep.tidy, works_tasks.purge, files_tasks.sweep, outbox_tasks.purge, news_tasks.purge):
            task.call()
    stays = tables_of(WORDS_THAT_STAY)
    assert {one for one in every_cell() if one.partition(".")[0] not in stays} == set()
    assert every_file() == set()
    assert every_session() == []
    # Nothing of ours is put in a cache of Django.
    sources = Path(settings.BASE_DIR, "preau").rglob("*.py")
    assert not [
        source
        for source in sources
        if "django.core.cache" in source.read_text() and "/tests/" not in str(source)
    ]


def kept(college: World, person: Person, name: str, content: bytes, width: int | None = None) -> StoredFile:
    """A file that somebody sent, as `commons.files` keeps it."""
    written = vault.write(BytesIO(content), vault.new_name())
    return StoredFile.objects.create(
        public_id=written.name,
        school=college.school,
        name=name,
        kind="text/plain",
        size=written.size,
        digest=written.digest,
        kept_by=person,
        kept_at=NOW,
        width=width,
        height=width,
    )


def picture() -> bytes:
    return CANARY.encode() * 3


def elsewhere(college: World, client: SchoolClient, person: Person) -> None:
    """What is about nobody by its keys, and may hold their words: a form put aside, tasks, letters of the demonstration, works."""
    session = SessionStore()
    session["kept_form"] = {
        "account": person.account.pk,
        "seat": "guardian",
        "address": "/",
        "fields": f"comment={CANARY}",
        "asked": False,
    }
    session.save()
    for status in (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED):
        DBTaskResult.objects.create(
            status=status,
            task_path="preau.x",
            queue_name="default",
            backend_name="default",
            priority=0,
            args_kwargs={"args": [CANARY], "kwargs": {}},
            traceback=f"ValueError: {CANARY}",
            finished_at=NOW,
            exception_class_path="",
            worker_ids=[],
        )
    Letter.objects.create(to=f"{CANARY}@example.org", subject="Bonjour", body=CANARY)
    Work.objects.create(
        key="canary", label=CANARY, person=person, url="/", asked_at=NOW, ended_at=NOW, state="done"
    )
    notices.publish(
        notices.News(
            "attendance.refused",
            college.people["head"].pk,
            "canary",
            "/",
            about_id=person.pk,
            facts={"comment": CANARY, "day": "lundi", "school": "x"},
        )
    )


def test_a_canary_that_is_left_is_found(college: World) -> None:
    college.school.privacy_contact = CANARY
    college.school.save()
    assert every_cell() == {"directory_school.privacy_contact"}
    vault.write(BytesIO(CANARY.encode()), name := vault.new_name())
    assert every_file() == {str(vault.path_of(name))}
    vault.remove(name)
