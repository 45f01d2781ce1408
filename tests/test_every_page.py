"""Every page as every member of the cast: the right answer, sound HTML, few queries, little weight."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import html5lib
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from conftest import NOW, SchoolClient
from preau.commons.federation.models import Link, Provider
from preau.commons.federation.tests.desk import described
from preau.commons.files.models import StoredFile
from preau.commons.journal.models import Extract, Line
from preau.commons.lti.models import Activity, Column, Proposal, Score
from preau.commons.lti.tests.tool import class_of, given, linked
from preau.commons.media.models import Medium, Upload
from preau.commons.notifications.models import Item, StopLink
from preau.commons.outbox.models import Letter
from preau.commons.privacy import models as privacy
from preau.commons.signon.models import Address, Client, Opening, Service
from preau.commons.signon.words import Protocol
from preau.commons.works.models import Work
from preau.directory.actions import deliveries, years
from preau.directory.models import (
    Assignment,
    Closure,
    ConsentRequest,
    Delivery,
    DeliveryShare,
    Enrolment,
    Group,
    Guardianship,
    Guest,
    Holding,
    Leaver,
    Merge,
    Period,
    Person,
    Placement,
    PlannedClass,
    Room,
    School,
    SchoolYear,
    Subject,
    YearPlan,
)
from preau.directory.seeds import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Authority, Role
from preau.domains.attendance.models import (
    Alert,
    Announcement,
    Arrangement,
    Entry,
    EntryChange,
    Explanation,
    FollowUp,
    FollowUpAction,
    ListRemark,
    Reason,
    RegisterFile,
    SeatingPlan,
    Status,
    Visit,
)
from preau.domains.attention import models as attention
from preau.domains.campaigns.models import Campaign, Sending
from preau.domains.catalogue.actions import next_edition
from preau.domains.catalogue.models import (
    Collection,
    FollowedSearch,
    Harvest,
    Institution,
    Miss,
    Node,
    Outside,
    Resource,
    Source,
)
from preau.domains.conduct.models import (
    Contract,
    ContractWeek,
    Detention,
    Incident,
    IncidentStep,
    Involvement,
    Observation,
    Punition,
    RegisterLine,
    Sanction,
    Slot,
)
from preau.domains.events.models import Event, EventStep, Invitation
from preau.domains.exams.models import Exam, Exercise, code_of
from preau.domains.exams.models import Paper as ExamPaper
from preau.domains.homework.models import (
    Archive,
    ClassBook,
    Correction,
    HandIn,
    Homework,
    LessonRecord,
    Progression,
    ProgressionStep,
)
from preau.domains.mediacentre.models import BroughtList, Rule, Target
from preau.domains.mediacentre.models import Resource as DigitalResource
from preau.domains.records.actions import access, hanging
from preau.domains.records.actions import writing as records
from preau.domains.records.models import Measure, Orphan, Paper, Record, Words
from preau.domains.records.models import Protocol as Emergency
from preau.domains.records.models.records import new_address
from preau.domains.scenarios import actions as scenarios
from preau.domains.scenarios.models import Author, Case, Content, Facts, Qualification, Review, Scenario, Step
from preau.domains.timetable.models import (
    Alternation,
    CoverAsk,
    DaySlot,
    Lesson,
    LessonChange,
    TeacherAbsence,
    TimetableImport,
    WeeklyPattern,
)
from preau.foundation import boards, journal, notices, uploads
from preau.foundation.text import french
from preau.identity.models import Account, AccountSession, Passkey
from tests.building import routes
from tests.net.matrix import all_routes

STAFF = {"teacher", "teacher_1", "cpe", "head", "secretary"}
FAMILY = {"guardian", "other_guardian", "pupil"}
EVERYONE = STAFF | FAMILY
ABROAD = {
    "agent",
    "operator",
}  # of no school; `tests/net/` brings them, and « town », an agent whom the head let in
SCHOOL_LIFE = {"cpe", "head"}
TEACHERS = {"teacher", "teacher_1"}
OFFICE = {"head", "secretary"}
KEEPERS = SCHOOL_LIFE | OFFICE
MOST_QUERIES = 12
MOST_BYTES = 60_000
SCENARIO = "Mesurer avec son ombre"
# What a page that puts a resource to use is opened with.
USED = "adresse=/ressources/maths-au-college/le-theoreme-de-thales/&titre=Thales"


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
        if not self.by:
            # The page has no object of its own, but one must be there.
            self.model(college)
            return reverse(self.name, kwargs=rest)
        return reverse(self.name, kwargs={self.by: getattr(self.model(college), self.by)} | rest)


def lesson_now(college: World) -> Lesson:
    """The lesson that the cast's pupil has now, given to Claire Moreau."""
    lesson = Lesson.objects.of_pupils([college.people["pupil"].pk]).get(starts__lte=NOW, ends__gt=NOW)
    lesson.teachers.set([college.people["teacher"]])
    return lesson


def lesson_to_come(college: World) -> Lesson:
    """A lesson of the cast's pupil tomorrow."""
    to_come = Lesson.objects.of_pupils([college.people["pupil"].pk]).filter(
        day=NOW.date() + timedelta(days=1)
    )
    return to_come.order_by("starts")[0]


def own_pattern(college: World) -> WeeklyPattern:
    return WeeklyPattern.objects.filter(year=college.year).order_by("pk")[0]


def own_alternation(college: World) -> Alternation:
    fields = {"school": college.school, "mondays": ["2026-11-30"]}
    return Alternation.objects.get_or_create(year=college.year, name="Stage", defaults=fields)[0]


def teacher_away(college: World) -> TeacherAbsence:
    """The absence of the seeds that is not over."""
    found = TeacherAbsence.objects.in_force().filter(school=college.school, ends__gt=NOW)
    return found.select_related("teacher").order_by("pk")[0]


def lesson_to_cover(college: World) -> Lesson:
    absence = teacher_away(college)
    touched = Lesson.objects.taught_by(absence.teacher).filter(school=college.school, ends__gt=NOW)
    return touched.over_at(absence.starts, absence.ends).order_by("starts")[0]


def own_ask(college: World) -> CoverAsk:
    """What Claire Moreau is asked."""
    found, _ = CoverAsk.objects.get_or_create(
        lesson=lesson_to_cover(college), absence=teacher_away(college), person=college.people["teacher"],
        defaults={"school": college.school, "asked_by": college.people["secretary"], "asked_at": NOW},
    )  # fmt: skip
    return found


def own_absence(college: World) -> Entry:
    return Entry.objects.to_explain().filter(pupil=college.people["pupil"]).order_by("pk")[0]


def own_follow_up(college: World) -> FollowUp:
    said = {"opened_by": college.people["cpe"], "opened_at": NOW}
    return FollowUp.objects.get_or_create(
        school=college.school, pupil=college.people["pupil"], defaults=said
    )[0]


def own_reason(college: World) -> Reason:
    return Reason.objects.get_or_create(school=college.school, label="Conseil municipal des jeunes")[0]


def own_homework(college: World) -> Homework:
    """Given in the lesson of now, for the day after."""
    many_works_given(college, 1)
    return Homework.objects.filter(record__lesson=lesson_now(college)).order_by("pk")[0]


def many_works_given(college: World, count: int) -> None:
    """`count` homework more, given in the lesson of now, published, and for the day after."""
    lesson, teacher = lesson_now(college), college.people["teacher"]
    record, _ = LessonRecord.objects.get_or_create(
        lesson=lesson,
        defaults={
            "school": college.school, "subject": lesson.subject, "day": lesson.day, "content": "Thalès", "state": "ready",
            "written_by": teacher, "written_at": NOW,
        },
    )  # fmt: skip
    for _ in range(count):
        Homework.objects.create(
            school=college.school, record=record, title=f"Exercice {record.works.count()}", minutes=10,
            due_day=NOW.date() + timedelta(days=1), given_by=teacher, given_at=NOW,
        )  # fmt: skip


def own_progression(college: World) -> Progression:
    """One of the cast's teacher's, with one lesson at least."""
    found, made = Progression.objects.get_or_create(
        school=college.school, author=college.people["teacher"], title="Maths", defaults={"changed_at": NOW}
    )
    if made:
        many_steps(college, 1)
    return found


def own_step(college: World) -> ProgressionStep:
    return own_progression(college).steps.all()[0]


def many_steps(college: World, count: int) -> None:
    """`count` lessons more in the progression."""
    sequence = own_progression(college)
    for number in range(count):
        ProgressionStep.objects.create(progression=sequence, order=number, content="Thalès", work="Lire")


def many_progressions(college: World, count: int) -> None:
    for _ in range(count):
        number = Progression.objects.count()
        Progression.objects.create(
            school=college.school, author=college.people["teacher"], title=f"Maths {number}", changed_at=NOW
        )


def own_scenario(college: World) -> Scenario:
    """One that the cast's teacher writes, published once, with a step."""
    teacher = viewer_for(college.people["teacher"], 0, NOW)
    known = Scenario.objects.filter(title=SCENARIO, school=college.school).first()
    if known:
        return known
    facts = Facts(SCENARIO, "Un résumé.", ("4e",), "mathematiques", 50, "<p>Comprendre.</p>")
    made = scenarios.begin(teacher, Content(facts, (Step("un", "Chercher", 10, teacher="<p>Observe.</p>"),)))
    scenarios.publish(teacher, made, "cc-by")
    return Scenario.objects.get(pk=made.pk)


def own_author(college: World) -> Author:
    return own_scenario(college).authors.get(is_first=True)


def of_scenario(college: World) -> dict[str, Any]:
    return {"code": own_scenario(college).code}


def of_step(college: World) -> dict[str, Any]:
    return {"pk": own_scenario(college).pk, "key": own_scenario(college).content.steps[0].key}


def many_scenarios(college: World, count: int) -> None:
    """`count` scenarios more of the cast's teacher, published."""
    teacher = viewer_for(college.people["teacher"], 0, NOW)
    body = own_scenario(college).content
    for _ in range(count):
        number = Scenario.objects.count()
        facts = replace(body.facts, title=f"Scénario {number}")
        scenarios.publish(teacher, scenarios.begin(teacher, replace(body, facts=facts)), "cc-by")


def many_scenario_steps(college: World, count: int) -> None:
    teacher = viewer_for(college.people["teacher"], 0, NOW)
    for _ in range(count):
        number = len(Scenario.objects.get(pk=own_scenario(college).pk).content.steps)
        scenarios.add_step(teacher, own_scenario(college), Step("", f"Étape {number}", 5))


def many_published_steps(college: World, count: int) -> None:
    many_scenario_steps(college, count)
    scenarios.publish(viewer_for(college.people["teacher"], 0, NOW), own_scenario(college), "cc-by")


def many_scenario_versions(college: World, count: int) -> None:
    for _ in range(count):
        many_published_steps(college, 1)


def many_co_authors(college: World, count: int) -> None:
    for _ in range(count):
        number = Person.objects.count()
        person = Person.objects.create(family_name=f"Coauteur {number}", given_name="Ana")
        Author.objects.create(scenario=own_scenario(college), person=person, invited_at=NOW, accepted_at=NOW)


def own_opinion(college: World) -> Review:
    """What the cast's teacher thinks of a resource."""
    resource = Resource.objects.get(key="maths-au-college/le-theoreme-de-thales")
    marks = {
        "clarity": 4,
        "interest": 4,
        "access": 4,
        "ease": 4,
        "level": "4e",
        "signed": "Enseignante de 4e",
    }
    found: Review = Review.objects.get_or_create(
        person=college.people["teacher"], resource=resource,
        defaults=marks | {"made_at": NOW, "changed_at": NOW, "text": "Clair."},
    )[0]  # fmt: skip
    return found


def own_qualification(college: World) -> Qualification:
    resource = Resource.objects.get(key="maths-au-college/le-theoreme-de-thales")
    found: Qualification = Qualification.objects.get_or_create(
        resource=resource, defaults={"opened_at": NOW, "changed_at": NOW}
    )[0]
    return found


def own_case(college: World) -> Case:
    """It was reported, and hidden."""
    found: Case = Case.objects.get_or_create(
        review=own_opinion(college), defaults={"state": "decided", "hidden": True, "why": "x", "decided_at": NOW, "opened_at": NOW}
    )[0]  # fmt: skip
    return found


def many_opinions(college: World, count: int) -> None:
    """`count` teachers more say what they think of the same resource."""
    model = own_opinion(college)
    for _ in range(count):
        number = Person.objects.count()
        person = Person.objects.create(family_name=f"Avis {number}", given_name="Ana")
        model.pk, model.person, model.text = None, person, f"Avis {number}"
        model.save(force_insert=True)


def own_hand_in(college: World) -> HandIn:
    """What the cast's pupil handed in for it."""
    found: HandIn = HandIn.objects.get_or_create(
        homework=own_homework(college),
        pupil=college.people["pupil"],
        defaults={"school": college.school, "text": "Ma réponse", "handed_at": NOW},
    )[0]
    return found


def many_handed_in(college: World, count: int) -> None:
    """`count` pupils more in the class, each of whom has handed it in."""
    work = own_homework(college)
    for _ in range(count):
        number = HandIn.objects.count()
        pupil = Person.objects.create(family_name=f"Rendeur {number}", given_name="Ana")
        Enrolment.objects.create(
            school=college.school, group=own_class(college), pupil=pupil, starts=college.year.starts
        )
        HandIn.objects.create(school=college.school, homework=work, pupil=pupil, text="x", handed_at=NOW)


def many_corrections(college: World, count: int) -> None:
    """`count` corrections more of the lesson of now, and as much homework."""
    many_works_given(college, count)
    record = LessonRecord.objects.get(lesson=lesson_now(college))
    for _ in range(count):
        Correction.objects.create(
            record=record, content="Pythagore", corrected_by=college.people["teacher"], corrected_at=NOW
        )


def own_book(college: World) -> ClassBook:
    return ClassBook.objects.get(pk=own_class(college).pk)


def many_archives(college: World, count: int) -> None:
    """`count` archives more of the class of the cast's pupil."""
    for _ in range(count):
        number = Archive.objects.count()
        file = StoredFile.objects.create(
            school=college.school, name=f"Archive {number}.pdf", kind="application/pdf", size=9, digest="0" * 64,
            kept_at=NOW,
        )  # fmt: skip
        Archive.objects.create(
            school=college.school, group=own_class(college), year=college.year, state="ready", records=number, file=file,
            sha256="0" * 64, made_by=college.people["head"], asked_at=NOW, made_at=NOW,
        )  # fmt: skip


def own_collection(college: World) -> Collection:
    return Collection.objects.get_or_create(
        slug="collection-du-test", defaults={"title": "Essais", "abstract": "Pour les tests."}
    )[0]


def own_resource(college: World) -> Resource:
    """The first of the collection of the test, made with it."""
    many_resources(college, 1)
    return Resource.objects.filter(collection=own_collection(college)).order_by("pk")[0]


def filled_collection(college: World) -> Collection:
    return own_resource(college).collection


def of_resource(college: World) -> dict[str, str]:
    return own_resource(college).place


@transaction.atomic
def many_resources(college: World, count: int) -> None:
    """`count` resources more in it, the last published of all."""
    shelf, edition = own_collection(college), next_edition()
    level = Node.objects.filter(kind=Node.Kind.LEVEL)[0]
    for _ in range(count):
        number = Resource.objects.count()
        made = Resource.objects.create(
            key=f"{shelf.slug}/essai-{number}", collection=shelf, title=f"Essai {number}", abstract="Un essai.",
            authors=["Préau"], institution=Institution.objects.all()[0], type="fiche", licence="cc-by", audiences=["eleve"],
            published=NOW.date(), changed=NOW.date(), source="test", digest="0" * 64, edition=edition,
            parts=[{"kind": "html", "html": "<p>Rien.</p>"}],
        )  # fmt: skip
        made.nodes.add(level)


def own_medium(college: World) -> Medium:
    """A book that an operator has sent, ready, and that nothing shows yet."""
    return Medium.objects.create(
        kind="epub",
        state="ready",
        name="Un livre.epub",
        size=10,
        facts={"title": "Un livre"},
        kept_by=an_operator(),
        kept_at=NOW,
        moved_at=NOW,
    )


def an_operator() -> Person:
    """Somebody who runs the platform, and of whom no school knows."""
    held = Holding.objects.filter(role=Role.OPERATOR).select_related("person").first()
    return held.person if held else Person.objects.create(family_name="Astier", given_name="Lou")


def edited_resource(college: World) -> Resource:
    """A resource that an operator made of a book."""
    made = own_resource(college)
    made.source, made.medium = "plateforme", own_medium(college)
    made.save()
    return made


def own_upload(college: World) -> Upload:
    """A file on its way."""
    return Upload.objects.create(person=an_operator(), name="Un film.mp4", size=10, moved_at=NOW)


def many_collections(college: World, count: int) -> None:
    """`count` collections more, each with a resource."""
    for _ in range(count):
        number = Collection.objects.count()
        shelf = Collection.objects.create(slug=f"essais-{number}", title=f"Essais {number}", abstract="…")
        many_resources(college, 1)
        Resource.objects.filter(pk=Resource.objects.latest("pk").pk).update(collection=shelf)


def own_source(college: World) -> Source:
    """A source of the catalogue."""
    if not Source.objects.exists():
        many_sources(college, 1)
    return Source.objects.order_by("pk")[0]


def own_harvest(college: World) -> Harvest:
    many_harvests(college, 1)
    return own_source(college).harvests.order_by("pk")[0]


def many_sources(college: World, count: int) -> None:
    for _ in range(count):
        number = Source.objects.count()
        shelf = Collection.objects.create(slug=f"source-{number}", title=f"Source {number}", abstract="…")
        house = Institution.objects.create(slug=f"maison-{number}", name=f"Maison {number}")
        Source.objects.create(
            slug=f"source-{number}", name=f"Source {number}", kind="oai", address=f"https://source-{number}.example/oai",
            institution=house, collection=shelf, audiences=["eleve"],
        )  # fmt: skip


def many_harvests(college: World, count: int) -> None:
    """`count` readings more of it, each with problems."""
    problems = [{"where": f"page 1, notice {number}", "why": "Pas de titre."} for number in range(60)]
    for _ in range(count):
        Harvest.objects.create(
            source=own_source(college), state="waiting", began_at=NOW, ended_at=NOW, leaving=5, refused=60, problems=problems,
            sample=[{"where": "…", "title": "Une notice", "address": "https://source.example/1", "places": "CM1", "licence": "cc-by", "is_gone": False}],
        )  # fmt: skip


def many_misses(college: World, count: int) -> None:
    known = Miss.objects.count()
    Miss.objects.bulk_create(
        Miss(words=f"mot {known + n}", count=n + 1, last=NOW.date()) for n in range(count)
    )


def many_dead_links(college: World, count: int) -> None:
    own_source(college)
    for _ in range(count):
        many_resources(college, 1)
        made = Resource.objects.latest("pk")
        Outside.objects.create(
            resource=made, address=f"https://mort.example/{made.pk}", plain=f"{made.pk}", host="mort.example",
            dead_since=NOW.date(), failing_since=NOW.date(), failed_days=3, trouble="404",
        )  # fmt: skip


@transaction.atomic
def many_exam_papers(college: World, count: int) -> None:
    """`count` papers more of one exam, each with an exercise, the last sessions of all."""
    exam, edition = Exam.objects.order_by("order")[0], next_edition()
    for _ in range(count):
        number = ExamPaper.objects.count()
        made = ExamPaper.objects.create(
            key=f"{exam.slug}/essai-{number}", exam=exam, title=f"Sujet d’essai {number}", subject="Essais", year=2099,
            licence="cc-by", authors=["Préau"], published=NOW.date(), changed=NOW.date(), source="test", digest="0" * 64,
            edition=edition,
        )  # fmt: skip
        Exercise.objects.create(
            paper=made, number="1", code=code_of(made.key, "1"), rank=1, title=f"Exercice d’essai {number}",
            html="<p>Rien.</p>", text="Rien.", notions=["Essais"],
        )  # fmt: skip


def own_exam_paper(college: World) -> ExamPaper:
    many_exam_papers(college, 1)
    return ExamPaper.objects.filter(source="test").order_by("pk")[0]


def of_exam(college: World) -> dict[str, str]:
    return {"exam": own_exam_paper(college).exam.slug}


def of_exam_paper(college: World) -> dict[str, str]:
    return own_exam_paper(college).place_of


def of_corrected_paper(college: World) -> dict[str, str]:
    """One of the training papers that come with Préau."""
    return ExamPaper.objects.get(key__endswith="specialite-maths-2026-1").place_of


def own_exercise(college: World) -> Exercise:
    return own_exam_paper(college).exercises.all()[0]


def own_class(college: World) -> Group:
    return Group.objects.get(year=college.year, enrolments__pupil=college.people["pupil"])


def cast_pupil(college: World) -> Person:
    return college.people["pupil"]


def many_questions(college: World, count: int) -> ConsentRequest:
    """`count` projects more to publish, asked of everyone."""
    for _ in range(count):
        number = ConsentRequest.objects.count()
        asked = ConsentRequest.objects.create(
            school=college.school, year=college.year, purpose="image", words=f"Projet {number}", asked_at=NOW
        )
    return asked


def own_question(college: World) -> ConsentRequest:
    return ConsentRequest.objects.filter(school=college.school).first() or many_questions(college, 1)


def asked_pupil(college: World) -> Person:
    """Something is asked about them."""
    own_question(college)
    return cast_pupil(college)


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


def own_timetable(college: World) -> TimetableImport:
    """One that waits for a decision, with courses and places to show."""
    known = TimetableImport.objects.filter(school=college.school, state="preview").first()
    return known or TimetableImport.objects.create(
        school=college.school, year=college.year, brought_by=college.people["secretary"], source="edt", scope="all",
        state=TimetableImport.State.PREVIEW, files=["001_edt.xml"], preview={"created": [], "clashes": [], "decided": [a_decision(0)], "columns": [a_column(0)]},
        report={"format": "edt", "scope": "all", "put_aside": [], "reasons": []}, moved_at=NOW,
    )  # fmt: skip


def a_column(number: int) -> dict[str, object]:
    """A column of a timetable, with what it seems to hold."""
    return {"title": f"Jour {number}", "cells": ["lundi"], "field": "" if number else "day"}


def a_decision(number: int) -> dict[str, str]:
    """A choice between a file and what was decided here."""
    said = {"file": "Mardi, 9 h – 10 h", "here": "Lundi, 8 h – 9 h", "by": "Marc Abadie, 12 novembre à 9 h"}
    return {"id": f"cours:{number}", "what": f"Mathématiques {number}", "groups": "6e A"} | said


def many_timetable_notes(college: World, count: int) -> None:
    """`count` courses that arrive and lines put aside more, in the timetable that waits."""
    brought = own_timetable(college)
    for number in range(count):
        line = {"what": f"Théâtre {number}", "groups": "6e A", "when": "Lundi, 8 h – 9 h", "detail": ""}
        brought.preview["created"].append(line)
        brought.preview["columns"].append(a_column(number + 1))
        brought.preview["decided"].append(a_decision(number + 1))
        note = {"file": "001_edt.xml", "line": number, "reason": f"Doute {number}.", "what": ""}
        brought.report["put_aside"].append(note)
        brought.report["reasons"].append([note["reason"], 1])
    brought.save()


def many_timetables(college: World, count: int) -> None:
    """`count` timetables more that were applied."""
    TimetableImport.objects.bulk_create(
        TimetableImport(
            school=college.school, year=college.year, brought_by=college.people["secretary"], source="csv", state="done",
            report={"created": number + 1},
        )
        for number in range(count)
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


def a_delivery_for_many(college: World) -> Delivery:
    """Brought by the operator, and held back for the school of the test."""
    blocked = {"uai": college.uai, "name": college.school_name, "ending": 40, "present": 90}
    report = {"counts": {"departures": 40}, "quarantined": [], "quarantined_count": 2, "blocked": [blocked]}
    return Delivery.objects.create(state=Delivery.State.BLOCKED, report=report, files=["001_Eleve.xml"])


def own_service(college: World) -> Service:
    """That of the seeds, of the school's own."""
    return Service.objects.filter(school=college.school).order_by("pk")[0]


def own_oidc_service(college: World) -> Service:
    """The same, when it speaks OpenID Connect."""
    service = own_service(college)
    Service.objects.filter(pk=service.pk).update(protocol=Protocol.OIDC)
    Client.objects.get_or_create(service=service, defaults={"redirects": [service.address]})
    return service


def own_activity(college: World) -> Activity:
    """Given to the class of the cast's pupil."""
    return Activity.objects.filter(title="Fractions").first() or given(college, linked(college))


def own_lti_service(college: World) -> Service:
    """That of the activity."""
    return own_activity(college).context.opening.service


def own_choice(college: World) -> Proposal:
    """What the teacher has just chosen at a service."""
    item = {"title": "Fractions", "text": "", "target": "", "custom": {}, "line": None, "due_on": ""}
    found: Proposal = Proposal.objects.get_or_create(
        account=college.people["teacher"].account, seat=f"staff-{college.school.pk}",
        defaults={"context": own_activity(college).context, "items": [item], "ends_at": NOW + timedelta(hours=1)},
    )[0]  # fmt: skip
    return found


def many_tools(college: World, count: int) -> None:
    """`count` services more from which something may be given."""
    for number in range(count):
        linked(college, f"Exercices {Service.objects.count()} {number}")


def many_chosen(college: World, count: int) -> None:
    """`count` activities more, chosen together."""
    choice = own_choice(college)
    Proposal.objects.filter(pk=choice.pk).update(items=choice.items + choice.items[:1] * count)


def many_activities(college: World, count: int) -> None:
    """`count` activities more, given to the class, in which everybody has got something."""
    tool = own_activity(college).context.opening.service.tool
    for number in range(count):
        given(college, tool, title=f"Fractions {number}")
        _all_got_something(college)


def many_results(college: World, count: int) -> None:
    """`count` pupils more in the class, who have all got something."""
    activity = own_activity(college)
    for number in range(count):
        pupil = Person.objects.create(family_name=f"Autre {number}", given_name="Ada")
        Enrolment.objects.create(school=college.school, group=activity.context.group, pupil=pupil)
    _all_got_something(college)


def _all_got_something(college: World) -> None:
    pupils = Enrolment.objects.filter(group=class_of(college), ends=None).values_list("pupil", flat=True)
    for column in Column.objects.filter(
        context__opening__school=college.school, label__startswith="Fractions"
    ):
        made = [
            Score(
                column=column,
                pupil_id=pupil,
                given=12,
                maximum=20,
                activity="Completed",
                grading="FullyGraded",
                said_at=NOW,
            )
            for pupil in pupils
        ]
        Score.objects.bulk_create(made, ignore_conflicts=True)


def many_services(college: World, count: int) -> None:
    """`count` services more, open in the school, for everybody."""
    for _ in range(count):
        number = Service.objects.count()
        service = Service.objects.create(
            school=college.school, name=f"Atelier {number}", text="Écrire", address="https://atelier.example/",
            released={"first_name": {"why": "Signer.", "since": "2026-09-01"}}, changed_at=NOW,
        )  # fmt: skip
        Address.objects.create(service=service, origin="https://atelier.example", path=f"/{number}/")
        Opening.objects.create(
            service=service, school=college.school, is_on=True, since=NOW.date(), levels=["6e", "5e"]
        )


def provider_named(college: World, name: str) -> Provider:
    facts = {"issuer": "https://guichet.exemple.fr", "client_id": "preau", "changed_at": NOW}
    return Provider.objects.get_or_create(school=college.school, name=name, defaults=facts)[0]


def own_provider(college: World) -> Provider:
    """One of the school's own, of families."""
    return provider_named(college, "Guichet du bassin")


def own_saml_provider(college: World) -> Provider:
    """One that speaks SAML, and whose description was read."""
    provider = provider_named(college, "Guichet SAML du bassin")
    provider.protocol, provider.saml = "saml", {"described": described(), "read_at": NOW.isoformat()}
    provider.save()
    return provider


def many_providers(college: World, count: int) -> None:
    """`count` providers more of the school, that are open."""
    for _ in range(count):
        number = Provider.objects.count()
        Provider.objects.create(
            school=college.school, name=f"Guichet {number}", issuer=f"https://guichet-{number}.exemple.fr", client_id="preau",
            is_on=True, changed_at=NOW,
        )  # fmt: skip


def many_links(college: World, count: int) -> None:
    """`count` accounts of elsewhere more, that open those of the guardian and of the pupil."""
    row = Provider.objects.filter(name="Liens").first() or Provider.objects.create(
        name="Liens", changed_at=NOW
    )
    for _ in range(count):
        number = Link.objects.count()
        for key in ("guardian", "pupil"):
            Link.objects.create(
                provider=row, subject=f"{key}-{number}", person=college.people[key], made_at=NOW
            )


def own_school(college: World) -> School:
    return college.school


def own_period(college: World) -> Period:
    return Period.objects.filter(year=college.year)[0]


def own_link(college: World) -> Guardianship:
    return Guardianship.objects.get(pupil=college.people["pupil"], guardian=college.people["other_guardian"])


def own_guest(college: World) -> Guest:
    """Somebody whom the head let in."""
    return Guest.objects.filter(holding__school=college.school).order_by("pk").first() or many_guests(
        college, 1
    )


def many_guests(college: World, count: int) -> Guest:
    """`count` guests more, each with the lists."""
    head = college.people["head"]
    for _ in range(count):
        number = Guest.objects.count()
        person = Person.objects.create(
            family_name=f"Invitée {number}", given_name="Ada", email="a@mairie.example"
        )
        holding = Holding.objects.create(
            person=person, role=Role.AGENT, school=college.school, ends=NOW.date() + timedelta(days=30), given_by=head,
            scope={"lists": {"until": "2026-12-23", "by": head.pk}},
        )  # fmt: skip
        guest = Guest.objects.create(holding=holding, reason="Cantine", invited_at=NOW)
    return guest


def many_given(college: World, count: int) -> None:
    """The directory given to `count` teachers more."""
    for _ in range(count):
        number = Person.objects.filter(family_name__startswith="Confiée ").count()
        person = Person.objects.create(family_name=f"Confiée {number}", given_name="Ada")
        scope = {"directory": {"until": "2027-06-30", "by": college.people["head"].pk}}
        Holding.objects.create(person=person, role=Role.TEACHER, school=college.school, scope=scope)


def own_leaver(college: World) -> Leaver:
    many_leavers(college, 1)
    found: Leaver = Leaver.objects.get(family_name="Parti 0")
    return found


def prepared(college: World) -> YearPlan:
    """Next year, prepared by the head; as it is when it is already."""
    head = college.people["head"]
    viewer = viewer_for(head, Account.objects.get(person=head).pk, NOW)
    return years.begin(viewer, name="2027-2028", starts=date(2027, 9, 1), ends=date(2028, 7, 4))


def planned_class(college: World) -> PlannedClass:
    found: PlannedClass = prepared(college).classes.order_by("pk")[0]
    return found


def own_plan(college: World) -> SeatingPlan:
    """A seating plan of the class of the cast's pupil, whom Claire Moreau has now."""
    lesson_now(college)
    return SeatingPlan.objects.get_or_create(
        group=own_class(college), name="Îlots", room=None,
        defaults={"school": college.school, "made_by": college.people["teacher"], "made_at": NOW},
    )[0]  # fmt: skip


def class_with_plans(college: World) -> Group:
    return own_plan(college).group


def class_to_place(college: World) -> Group:
    prepared(college)
    return own_class(college)


def own_year(college: World) -> SchoolYear:
    return college.year


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


def many_followed(college: World, count: int) -> None:
    """`count` searches more that the pupil follows."""
    person = college.people["pupil"]
    FollowedSearch.objects.bulk_create(
        FollowedSearch(person=person, query=f"q=notion{rank}&niveau=cm1", since=NOW.date(), seen=0)
        for rank in range(FollowedSearch.objects.count(), FollowedSearch.objects.count() + count)
    )


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


def many_groups(college: World, count: int) -> None:
    """`count` groups more, each with a teacher and the class that it draws from."""
    for _ in range(count):
        group = Group.objects.create(
            school=college.school, year=college.year, kind=Group.Kind.GROUP, name=f"Groupe {Group.objects.count()}"
        )  # fmt: skip
        group.classes.add(own_class(college))
        known = Assignment.objects.filter(school=college.school).exclude(subject=None)[0]
        Assignment.objects.create(
            school=college.school, group=group, teacher=known.teacher, subject=known.subject
        )


def many_unplaced(college: World, count: int) -> None:
    """`count` pupils more, whom no class holds."""
    for number in range(count):
        pupil = Person.objects.create(family_name=f"Sans {number}", given_name="Ana")
        Holding.objects.create(person=pupil, role=Role.PUPIL, school=college.school)


def many_siblings(college: World, count: int) -> None:
    """`count` children more of the cast's mother."""
    many_pupils(college, count)
    for pupil in Person.objects.filter(family_name__startswith="Élève ", wards=None):
        Guardianship.objects.get_or_create(
            pupil=pupil, guardian=college.people["guardian"], authority=Authority.LEGAL
        )


def own_incident(college: World) -> Incident:
    """One that Claire Moreau has reported, in which the cast's pupil is concerned, and was told so."""
    people = college.people
    incident, made = Incident.objects.get_or_create(
        school=college.school, reported_by=people["teacher"], kind="other", place="yard", day=NOW.date(),
        defaults={"facts": "Un ballon perdu.", "reported_at": NOW},
    )  # fmt: skip
    if made:
        Involvement.objects.create(
            school=college.school, incident=incident, person=people["pupil"], part="concerned", told_at=NOW,
            for_family="Le ballon est perdu.",
        )  # fmt: skip
    return incident


def own_part(college: World) -> Involvement:
    return own_incident(college).involvements.get(person=college.people["pupil"])


def own_slot(college: World) -> Slot:
    """One to come, that the CPE watches over."""
    starts = NOW + timedelta(days=7)
    return Slot.objects.get_or_create(
        school=college.school, starts=starts, room=None,
        defaults={
            "day": starts.date(), "ends": starts + timedelta(hours=1), "places": 40, "supervisor": college.people["cpe"],
            "opened_by": college.people["cpe"],
        },
    )[0]  # fmt: skip


def own_punition(college: World) -> Punition:
    """A detention that Claire Moreau has given the cast's pupil."""
    own_slot(college)
    return Punition.objects.get_or_create(
        school=college.school, pupil=college.people["pupil"], given_by=college.people["teacher"], kind="detention",
        defaults={"day": NOW.date(), "reason": "Retards", "given_at": NOW, "incident": own_incident(college)},
    )[0]  # fmt: skip


def own_procedure(college: World) -> Sanction:
    """One against the cast's pupil, that may be decided."""
    return Sanction.objects.get_or_create(
        school=college.school, pupil=college.people["pupil"], state="open",
        defaults={
            "authority": "head", "facts": "Consignes non suivies.", "opened_by": college.people["head"],
            "told_on": NOW.date() - timedelta(days=9), "defend_until": NOW.date() - timedelta(days=3),
        },
    )[0]  # fmt: skip


def own_measure(college: World) -> Sanction:
    """A measure of responsibility pronounced for the cast's pupil, still to prepare."""
    head, day = college.people["head"], NOW.date()
    return Sanction.objects.get_or_create(
        school=college.school, pupil=college.people["pupil"], kind="responsibility",
        defaults={
            "authority": "head", "facts": "Dégradation.", "opened_by": head, "told_on": day, "defend_until": day,
            "state": "pronounced", "pronounced_on": day,
        },
    )[0]  # fmt: skip


def own_finding(college: World) -> Person:
    """The cast's pupil, of whom a fact waits to be looked at."""
    pupil = college.people["pupil"]
    attention.Finding.objects.get_or_create(
        school=college.school, pupil=pupil, fact="attendance.lates", review=None,
        defaults={
            "number": 6, "before": 1, "threshold": 6, "since": NOW.date() - timedelta(days=27), "until": NOW.date(),
            "found_at": NOW,
        },
    )  # fmt: skip
    return cast_pupil(college)


def own_review(college: World) -> attention.Review:
    """One that goes on, of the cast's pupil, with a decision."""
    cpe = college.people["cpe"]
    review, made = attention.Review.objects.get_or_create(
        school=college.school, pupil=college.people["pupil"], kind="talk", closed_at=None,
        defaults={"owner": cpe, "opened_at": NOW, "until": NOW.date() + timedelta(days=20)},
    )  # fmt: skip
    if made:
        attention.Decision.objects.create(
            school=college.school,
            review=review,
            kind="talk",
            reason="Pour comprendre.",
            decided_by=cpe,
            decided_at=NOW,
        )
    return review


def own_passkey(college: World) -> Passkey:
    """The telephone of the cast's teacher."""
    return Passkey.objects.get_or_create(
        account=college.people["teacher"].account, name="Téléphone",
        defaults={"credential_id": "x", "handle": "x", "public_key": "x", "made_at": NOW},
    )[0]  # fmt: skip


def own_request(college: World) -> privacy.DataRequest:
    """What the mother of the cast's pupil asked about him, with one line."""
    request, made = privacy.DataRequest.objects.get_or_create(
        school=college.school, subject=college.people["pupil"], asked_by=college.people["guardian"], state="received",
        defaults={"asked_at": NOW, "due": privacy.due_after(NOW.date())},
    )  # fmt: skip
    if made:
        _request_line(request)
    return request


def own_request_line(college: World) -> privacy.RequestLine:
    line: privacy.RequestLine = own_request(college).lines.all()[0]
    return line


def own_erasure(college: World) -> privacy.RequestLine:
    """An erasure that was granted, and told."""
    request = privacy.DataRequest.objects.get_or_create(
        school=college.school, subject=college.people["pupil"], asked_by=college.people["guardian"], state="answered",
        defaults={"asked_at": NOW, "due": privacy.due_after(NOW.date()), "answered_at": NOW, "told_at": NOW},
    )[0]  # fmt: skip
    return privacy.RequestLine.objects.get_or_create(
        school=college.school, request=request, right="erase", kind="signon-alias",
        defaults={"wrong": "Plus utile.", "outcome": "granted", "answer": "C’est accordé.", "answered_at": NOW},
    )[0]  # fmt: skip


def _request_line(request: privacy.DataRequest) -> None:
    privacy.RequestLine.objects.create(
        school_id=request.school_id, request=request, right="rectify", kind="attendance-entry", wrong="Une erreur",
        better="Présent",
    )  # fmt: skip


def own_run(college: World) -> privacy.RetentionRun:
    """What is past its term in the school, with one rule."""
    run, made = privacy.RetentionRun.objects.get_or_create(
        school=college.school, state="prepared", defaults={"day": NOW.date(), "prepared_at": NOW}
    )
    if made:
        many_parts(college, 1)
    return run


def many_parts(college: World, count: int) -> None:
    """`count` rules more that find something."""
    run = own_run(college)
    start = run.parts.count()
    for number in range(start, start + count):
        term = list(boards.terms)[number] if number < len(boards.terms) else None
        privacy.RetentionPart.objects.create(
            run=run, rule=term.key if term else f"x.{number}", since=term.since if term else NOW.date(), count=3,
            oldest=NOW.date(), newest=NOW.date(),
        )  # fmt: skip


def many_runs(college: World, count: int) -> None:
    """`count` runs more that are done."""
    for number in range(count):
        privacy.RetentionRun.objects.create(
            school=college.school, day=NOW.date() - timedelta(days=number), prepared_at=NOW, state="done", done_at=NOW,
            approved_by=college.people["head"], confirmed_by=college.people["secretary"],
        )  # fmt: skip


def many_requests(college: World, count: int) -> None:
    """`count` requests more of the mother of the cast's pupil."""
    for _ in range(count):
        request = privacy.DataRequest.objects.create(
            school=college.school, subject=college.people["pupil"], asked_by=college.people["guardian"],
            asked_at=NOW, due=privacy.due_after(NOW.date()), state="in_hand", taken_by=college.people["head"],
        )  # fmt: skip
        _request_line(request)


def many_lines(college: World, count: int) -> None:
    """`count` lines more in the request of the page, each answered."""
    for _ in range(count):
        _request_line(own_request(college))
    own_request(college).lines.update(
        outcome="granted", answer="C’est fait.", answered_by=college.people["head"], answered_at=NOW
    )


def many_findings(college: World, count: int) -> None:
    """`count` facts more that wait, of as many pupils."""
    many_pupils(college, count)
    pupils = Person.objects.filter(holdings__school=college.school, holdings__role=Role.PUPIL, findings=None)
    for pupil in pupils.order_by("-pk")[:count]:
        attention.Finding.objects.create(
            school=college.school, pupil=pupil, fact="attendance.lates", number=6, before=0, threshold=6,
            since=NOW.date(), until=NOW.date(), found_at=NOW,
        )  # fmt: skip


def many_reviews(college: World, count: int) -> None:
    """`count` reviews more of the cast's pupil, each with a word of its mother."""
    for _ in range(count):
        review = attention.Review.objects.create(
            school=college.school, pupil=college.people["pupil"], kind="meeting", owner=college.people["cpe"],
            opened_at=NOW, until=NOW.date() + timedelta(days=20),
        )  # fmt: skip
        _word(college, review)


def _word(college: World, review: attention.Review) -> None:
    attention.Word.objects.create(
        school=college.school,
        review=review,
        about="add",
        text="Un mot",
        by=college.people["guardian"],
        at=NOW,
    )


def much_in_a_review(college: World, count: int) -> None:
    """Decisions, steps and words of the review of the page."""
    review, cpe = own_review(college), college.people["cpe"]
    for number in range(count):
        of = {"school": college.school, "review": review}
        attention.Decision.objects.create(kind="talk", reason="Encore", decided_by=cpe, decided_at=NOW, **of)
        attention.Step.objects.create(
            what=f"Étape {number}", due=NOW.date() + timedelta(days=1), added_by=cpe, **of
        )
        _word(college, review)


def of_head(college: World) -> Any:
    return viewer_for(college.people["head"], 0, NOW, f"staff-{college.school.pk}")


def own_record(college: World) -> Record:
    """A PAI of the cast's pupil, opened by the head, that the CPE reads."""
    known = Record.objects.filter(school=college.school, pupil=college.people["pupil"], kind="pai").first()
    if known:
        return known
    said = records.Written(
        Words("Allergie.", "Panier-repas.", "Préviens un adulte.", "Appeler le 15."), date(2027, 9, 1), True
    )
    record = records.open_record(of_head(college), college.people["pupil"], "pai", said)
    access.add_reader(of_head(college), record, college.people["cpe"], "team", None)
    return record


def own_protocol(college: World) -> Emergency:
    return Emergency.objects.get(pk=own_record(college).pk)


def own_orphan(college: World) -> Orphan:
    """One that nobody opens any more."""
    known = Orphan.objects.filter(school=college.school, kind="pap", readers=None).first()
    if known:
        return known
    said = records.Written(Words("Lecture lente.", "Consignes relues.", "", ""), date(2027, 9, 1), False)
    made = records.open_record(of_head(college), college.people["pupil"], "pap", said)
    made.readers.all().delete()
    return Orphan.objects.get(pk=made.pk)


def many_records(college: World, count: int) -> None:
    """`count` plans more of the cast's pupil, and as many that nobody opens."""
    for _ in range(count):
        said = records.Written(Words("Allergie.", "Panier.", "", "Appeler le 15."), date(2027, 9, 1), True)
        record = records.open_record(of_head(college), college.people["pupil"], "pps", said)
        hanging.add_measure(of_head(college), record, f"Mesure {record.pk}", NOW.date(), None)
        record.pk = None
        record.public_id, record.kind = new_address(), "ppre"
        record.save()


def many_versions(college: World, count: int) -> None:
    """`count` versions more of the record of the page, each read once."""
    for _ in range(count):
        record = Record.objects.get(pk=own_record(college).pk)
        said = records.Written(Words("Allergie.", f"Version {record.revision}."), date(2027, 9, 1))
        records.revise(of_head(college), record, said, record.revision)
        journal.record_read(of_head(college), "records.read", record, subject_id=record.pupil_id)


def many_readers(college: World, count: int) -> None:
    for _ in range(count):
        person = Person.objects.create(family_name="Collègue", given_name="Ada")
        Holding.objects.create(person=person, role=Role.TEACHER, school=college.school)
        access.add_reader(of_head(college), own_record(college), person, "team", None)


def many_measures(college: World, count: int) -> None:
    for _ in range(count):
        number = Measure.objects.count()
        hanging.add_measure(of_head(college), own_record(college), f"Mesure {number}", NOW.date(), None)


def many_papers(college: World, count: int) -> None:
    for _ in range(count):
        content = f"Document {Paper.objects.count()}".encode()
        hanging.keep_sealed(of_head(college), own_record(college), "a.txt", "text/plain", content, "")


def own_contract(college: World) -> Contract:
    return Contract.objects.get_or_create(
        school=college.school, pupil=college.people["pupil"], goals="Arriver à l’heure.", state="running",
        defaults={
            "help": "Un point chaque lundi.", "starts": NOW.date(), "ends": NOW.date() + timedelta(days=20),
            "opened_by": college.people["cpe"],
        },
    )[0]  # fmt: skip


def many_contracts(college: World, count: int) -> None:
    """`count` contracts more of the cast's pupil, and weeks of the one of the page."""
    for _ in range(count):
        Contract.objects.create(
            school=college.school, pupil=college.people["pupil"], goals="x", help="y", starts=NOW.date(),
            ends=NOW.date() + timedelta(days=20), opened_by=college.people["cpe"],
        )  # fmt: skip
        monday = NOW.date() - timedelta(days=1, weeks=ContractWeek.objects.count())
        ContractWeek.objects.create(
            school=college.school, contract=own_contract(college), monday=monday, how="met", note="Bien",
            noted_by=college.people["cpe"], noted_at=NOW,
        )  # fmt: skip


def many_incidents(college: World, count: int) -> None:
    """`count` incidents more, each with the cast's pupil, told; an open one has its place on the home."""
    for _ in range(count):
        incident = Incident.objects.create(
            school=college.school, reported_by=college.people["cpe"], kind="talk", place="yard", day=NOW.date(),
            facts="Bavardages.", reported_at=NOW,
        )  # fmt: skip
        Involvement.objects.create(
            school=college.school, incident=incident, person=college.people["pupil"], part="concerned",
            for_family="Bavardages.", told_at=NOW,
        )  # fmt: skip


def many_people_in_one(college: World, count: int) -> None:
    """`count` pupils, steps and punitions more in one incident."""
    incident = own_incident(college)
    many_pupils(college, count)
    pupils = Person.objects.filter(family_name__startswith="Élève ").exclude(involvements__incident=incident)
    for pupil in pupils[:count]:
        common = {"school": college.school, "incident": incident}
        Involvement.objects.create(**common, person=pupil, part="witness")
        IncidentStep.objects.create(**common, gesture="corrected", by=college.people["cpe"], at=NOW)
        Punition.objects.create(
            **common,
            pupil=pupil,
            kind="work",
            day=NOW.date(),
            reason="x",
            given_by=college.people["cpe"],
            given_at=NOW,
        )


def many_punitions(college: World, count: int) -> None:
    """`count` detentions more of the cast's pupil, each expected at the slot of the page."""
    for _ in range(count):
        punition = Punition.objects.create(
            school=college.school, pupil=college.people["pupil"], kind="detention", day=NOW.date(), reason="Retards",
            given_by=college.people["cpe"], given_at=NOW,
        )  # fmt: skip
        Detention.objects.create(
            school=college.school, punition=punition, slot=own_slot(college), placed_by=college.people["cpe"]
        )


def many_moves(college: World, count: int) -> None:
    """`count` slots more where one punition was expected."""
    punition = own_punition(college)
    for _ in range(count):
        Detention.objects.create(
            school=college.school, punition=punition, slot=own_slot(college), placed_by=college.people["cpe"],
            state="moved",
        )  # fmt: skip


def many_slots(college: World, count: int) -> None:
    """`count` slots more, this week and the next days."""
    for _ in range(count):
        starts = NOW + timedelta(hours=2, minutes=Slot.objects.count())
        Slot.objects.create(
            school=college.school, day=starts.date(), starts=starts, ends=starts + timedelta(hours=1), places=3,
            supervisor=college.people["cpe"], opened_by=college.people["cpe"],
        )  # fmt: skip


def many_sanctions(college: World, count: int) -> None:
    """`count` sanctions more of the cast's pupil, with their lines in the register."""
    for _ in range(count):
        common = {
            "school": college.school,
            "kind": "warning",
            "authority": "head",
            "pronounced_on": NOW.date(),
        }
        Sanction.objects.create(
            **common, pupil=college.people["pupil"], facts="x", opened_by=college.people["head"], state="pronounced",
            told_on=NOW.date(), defend_until=NOW.date(), register_line=RegisterLine.objects.create(**common, facts="x"),
        )  # fmt: skip


def many_answers(college: World, count: int) -> None:
    """`count` answers more to a procedure."""
    for number in range(count):
        Observation.objects.create(
            school=college.school, sanction=own_procedure(college), by=college.people["guardian"], text=f"{number}", at=NOW
        )  # fmt: skip


def own_event(college: World) -> Event:
    """A meeting of the class of the cast's pupil and of its families, in a week."""
    known = Event.objects.filter(school=college.school, title="Rencontre de la classe").first()
    if known is None:
        known = an_event(college, "Rencontre de la classe", 7, audience="groups", asks_answer=True)
        known.groups.set([own_class(college)])
    return known


def an_event(college: World, title: str, days: int, **fields: Any) -> Event:
    starts = NOW + timedelta(days=days)
    event: Event = Event.objects.create(
        school=college.school, kind="meeting", title=title, search_title=title.lower(), first_day=starts.date(),
        last_day=starts.date(), starts=starts, ends=starts + timedelta(hours=1), state="published", with_families=True,
        created_by=college.people["head"], created_at=NOW, published_at=NOW, **fields,
    )  # fmt: skip
    return event


def own_digital_resource(college: World) -> DigitalResource:
    """A resource of the GAR that everyone of the school's cast reads, families too."""
    found, made = DigitalResource.objects.get_or_create(
        school=college.school, code="ark:/every/page",
        defaults={
            "name": "Atlas des vents", "search_name": "atlas des vents", "url": "https://sp-auth.gar.example/x",
            "listed_on": NOW.date(), "with_families": True,
        },
    )  # fmt: skip
    if made:
        for public in ("pupil", "teacher", "other"):
            own_rule(college, public).resources.add(found)
    return found


def own_rule(college: World, public: str = "pupil") -> Rule:
    head = college.people["head"]
    return Rule.objects.get_or_create(
        school=college.school, public=public, scope="all", made_by=head, defaults={"made_at": NOW}
    )[0]


def many_digital_resources(college: World, count: int) -> None:
    for _ in range(count):
        number = DigitalResource.objects.count()
        found = DigitalResource.objects.create(
            school=college.school, code=f"ark:/many/{number}", name=f"Ressource {number}", search_name=f"ressource {number}",
            url="https://sp-auth.gar.example/x", listed_on=NOW.date(), with_families=True,
        )  # fmt: skip
        own_rule(college).resources.add(found)


def many_digital_rules(college: World, count: int) -> None:
    for _ in range(count):
        rule = Rule.objects.create(
            school=college.school, public="pupil", scope="levels", made_by=college.people["head"], made_at=NOW
        )
        Target.objects.create(school=college.school, rule=rule, level="6e")
        rule.resources.add(own_digital_resource(college))


def many_in_a_rule(college: World, count: int) -> None:
    """`count` people more who are named by the rule of named people."""
    rule = named_rule(college)
    for _ in range(count):
        person = Person.objects.create(family_name=f"Nommé {Person.objects.count()}", given_name="Ana")
        Holding.objects.create(person=person, role=Role.PUPIL, school=college.school)
        Target.objects.create(school=college.school, rule=rule, person=person)


def named_rule(college: World) -> Rule:
    """A rule that names the cast's pupil."""
    head = college.people["head"]
    rule, made = Rule.objects.get_or_create(
        school=college.school,
        public="",
        scope="people",
        made_by=head,
        sent_as="c" * 32,
        defaults={"made_at": NOW},
    )
    if made:
        Target.objects.create(school=college.school, rule=rule, person=college.people["pupil"])
        rule.resources.add(own_digital_resource(college))
    return rule


def many_librarians(college: World, count: int) -> None:
    """`count` people more whom no rule means."""
    for _ in range(count):
        person = Person.objects.create(family_name=f"Doc {Person.objects.count()}", given_name="Ada")
        Holding.objects.create(person=person, role=Role.LIBRARIAN, school=college.school)


def own_list(college: World) -> BroughtList:
    """A list of the GAR that was brought, and waits."""
    report = {"created": 0, "changed": 0, "back": 0, "closed": 0, "same": 1, "aside": [], "names": {}}
    report["names"] = {part: [] for part in ("created", "changed", "back", "closed")}
    return BroughtList.objects.get_or_create(
        school=college.school, kind="resources", name="liste.json", digest="d", by=college.people["head"],
        defaults={"at": NOW, "facts": {"records": [], "aside": [], "kept": []}, "report": report},
    )[0]  # fmt: skip


def many_lists(college: World, count: int) -> None:
    for _ in range(count):
        BroughtList.objects.create(
            school=college.school, kind="resources", state="dropped", name=f"liste-{BroughtList.objects.count()}.json", digest="x",
            by=college.people["head"], at=NOW,
        )  # fmt: skip


def many_lines_aside(college: World, count: int) -> None:
    brought = own_list(college)
    brought.report["aside"] += [{"line": 3, "what": "Ressource", "reason": "Le nom manque."}] * count
    brought.save()


def many_events(college: World, count: int) -> None:
    """`count` events more for everybody, tomorrow."""
    for _ in range(count):
        an_event(college, f"Rencontre {Event.objects.count()}", 1, audience="everyone")


def many_who_answer(college: World, count: int) -> None:
    """`count` people more who said that they come, and steps of the same event."""
    event = own_event(college)
    for _ in range(count):
        person = Person.objects.create(family_name=f"Venant {Person.objects.count()}", given_name="Ana")
        Invitation.objects.create(
            school=college.school, event=event, person=person, answer="yes", answered_at=NOW
        )
        EventStep.objects.create(
            school=college.school, event=event, gesture="changed", by=college.people["head"], at=NOW
        )


def own_day_slot(college: World) -> DaySlot:
    """An hour of study in the hole that every class has after lunch."""
    known = DaySlot.objects.filter(school=college.school, name="Étude").first()
    return known or a_day_slot(college, "Étude")


def a_day_slot(college: World, name: str) -> DaySlot:
    slot: DaySlot = DaySlot.objects.create(
        school=college.school, year=college.year, kind="study", name=name, weekdays=[0, 1, 3], starts_at="13:10",
        ends_at="14:00",
    )  # fmt: skip
    slot.watchers.set([college.people["cpe"]])
    return slot


def many_day_slots(college: World, count: int) -> None:
    for _ in range(count):
        a_day_slot(college, f"Étude {DaySlot.objects.count()}")


def own_draft(college: World) -> Campaign:
    """A campaign to confirm, about the cast's pupil."""
    found, made = Campaign.objects.get_or_create(
        school=college.school, kind="chosen", key="draft", made_by=college.people["cpe"],
        defaults={"by_mail": True, "body": "{eleve}", "sms": "{prenom}", "made_at": NOW},
    )  # fmt: skip
    if made:
        target = found.targets.create(school=college.school, pupil=college.people["pupil"])
        target.entries.add(own_absence(college))
    return found


def own_campaign(college: World) -> Campaign:
    """One that was confirmed: a letter waits, a text message did not arrive."""
    found, made = Campaign.objects.get_or_create(
        school=college.school, kind="chosen", key="sent", made_by=college.people["cpe"],
        defaults={
            "by_mail": True, "body": "{eleve}", "made_at": NOW, "confirmed_at": NOW, "confirmed_by": college.people["cpe"],
        },
    )  # fmt: skip
    if made:
        found.targets.create(school=college.school, pupil=college.people["pupil"])
        wrote(college, found.targets.get(), channel="letter", to="1 rue des Lilas\n35000 Rennes", sheet="x")
        wrote(
            college,
            found.targets.get(),
            channel="sms",
            to="+33612345678",
            state="failed",
            reason="lost",
            parts=1,
        )
    return found


def wrote(college: World, target: Any, **more: Any) -> None:
    Sending.objects.create(
        school=college.school, target=target, pupil=target.pupil, person=college.people["guardian"], text="Bonjour",
        made_at=NOW, due_at=NOW, **more,
    )  # fmt: skip


def many_campaigns(college: World, count: int) -> None:
    """`count` campaigns more, each about the cast's pupil, each with a mail that left."""
    for _ in range(count):
        campaign = Campaign.objects.create(
            school=college.school, kind="chosen", key=f"{Campaign.objects.count()}", made_by=college.people["cpe"], body="x",
            made_at=NOW, confirmed_at=NOW, confirmed_by=college.people["cpe"],
        )  # fmt: skip
        target = campaign.targets.create(school=college.school, pupil=college.people["pupil"])
        wrote(college, target, channel="mail", to="a@famille.example", state="sent", sent_at=NOW)


def many_aimed_at(college: World, count: int) -> None:
    """`count` pupils more in both campaigns, each with a guardian."""
    many_pupils(college, count)
    entry = own_absence(college)
    known = own_draft(college).targets.values("pupil_id")
    pupils = Person.objects.filter(family_name__startswith="Élève ").exclude(pk__in=known)
    for pupil in pupils[:count]:
        for campaign in (own_draft(college), own_campaign(college)):
            target = campaign.targets.create(school=college.school, pupil=pupil)
            target.entries.add(entry)
        wrote(college, target, channel="mail", to="a@famille.example")


PAGES = [
    *(Page(f"timetable:{name}", frozenset(KEEPERS)) for name in ("slots", "create_slot")),
    Page("timetable:change_slot", frozenset(KEEPERS), model=own_day_slot),
    Page("timetable:study", frozenset(SCHOOL_LIFE)),
    Page("mediacentre:mine", frozenset(EVERYONE)),
    Page("mediacentre:one", frozenset(EVERYONE), model=own_digital_resource),
    *(Page(f"mediacentre:{name}", frozenset({"head"})) for name in ("resources", "assign", "rules", "lists")),
    *(
        Page(f"mediacentre:{name}", frozenset({"head"}), model=own_digital_resource)
        for name in ("resource", "people")
    ),
    Page("mediacentre:rule", frozenset({"head"}), model=named_rule),
    Page("mediacentre:list", frozenset({"head"}), model=own_list),
    Page("events:events", frozenset(EVERYONE)),
    Page("events:create", frozenset(STAFF)),
    Page("events:event", frozenset(EVERYONE), model=own_event),
    Page("events:change", frozenset(KEEPERS), model=own_event),
    Page("campaigns:received", frozenset(FAMILY)),
    *(Page(f"campaigns:{name}", frozenset(SCHOOL_LIFE)) for name in ("campaigns", "start")),
    *(
        Page(f"campaigns:{name}", frozenset(SCHOOL_LIFE), model=own_draft)
        for name in ("text", "check", "confirm")
    ),
    Page("campaigns:campaign", frozenset(SCHOOL_LIFE), model=own_campaign),
    *(
        Page(f"campaigns:{name}", frozenset(SCHOOL_LIFE), model=cast_pupil, by="public_id")
        for name in ("sent", "reach")
    ),
    *(Page(f"attention:{name}", frozenset(SCHOOL_LIFE)) for name in ("waiting", "thresholds", "reviews")),
    Page("attention:look", frozenset(SCHOOL_LIFE), model=own_finding, by="public_id"),
    *(
        Page(f"attention:{name}", frozenset(SCHOOL_LIFE), model=own_review)
        for name in ("review", "decide_again")
    ),
    Page("attention:mine", frozenset(FAMILY)),
    Page("attention:told", frozenset(FAMILY), model=own_review),
    *(Page(f"conduct:{name}", frozenset(STAFF)) for name in ("incidents", "report", "slots")),
    *(Page(f"conduct:{name}", frozenset(STAFF - {"secretary"})) for name in ("punitions", "give")),
    *(
        Page(f"conduct:{name}", frozenset(SCHOOL_LIFE))
        for name in ("open_slot", "figures", "sanctions", "register")
    ),
    Page("conduct:followed", frozenset(FAMILY)),
    *(Page(f"conduct:{name}", frozenset(SCHOOL_LIFE)) for name in ("contracts", "open_contract")),
    Page("conduct:contract", frozenset(SCHOOL_LIFE | FAMILY), model=own_contract),
    Page("conduct:responsibility", frozenset({"head"}), model=own_measure),
    *(
        Page(f"conduct:{name}", frozenset(SCHOOL_LIFE | {"teacher"}), model=own_incident)
        for name in ("incident", "correct")
    ),
    Page("conduct:tell", frozenset(SCHOOL_LIFE), model=own_part),
    *(
        Page(f"conduct:{name}", frozenset(SCHOOL_LIFE | {"teacher"}), model=own_punition)
        for name in ("punition", "place")
    ),
    Page("conduct:slot", frozenset(SCHOOL_LIFE), model=own_slot),
    Page("conduct:open_procedure", frozenset({"head"})),
    Page("conduct:sanction", frozenset(SCHOOL_LIFE | FAMILY), model=own_procedure),
    Page("conduct:pronounce", frozenset({"head"}), model=own_procedure),
    Page("records:records", frozenset(STAFF)),
    Page("records:open_record", frozenset({"head", "teacher", "teacher_1"})),
    Page("records:audit", frozenset({"head"})),
    Page("records:entrust", frozenset({"head"}), model=own_orphan, by="public_id"),
    *(
        Page(f"records:{name}", frozenset({"head", "cpe"}), model=own_record, by="public_id")
        for name in ("record", "readers")
    ),
    *(
        Page(f"records:{name}", frozenset({"head"}), model=own_record, by="public_id")
        for name in ("revise", "measures", "papers", "hand_over")
    ),
    Page("records:readings", frozenset({"head", "cpe"} | FAMILY), model=own_record, by="public_id"),
    Page("records:around", frozenset({"head", "cpe", "teacher", "teacher_1"})),
    Page(
        "records:emergency",
        frozenset({"head", "cpe", "teacher", "teacher_1"}),
        model=own_protocol,
        by="public_id",
    ),
    Page("records:own_records", frozenset(FAMILY)),
    Page("records:own_record", frozenset(FAMILY), model=own_record, by="public_id"),
    Page("directory:groups", frozenset(EVERYONE)),
    Page("directory:without_class", frozenset(STAFF)),
    Page("directory:group", frozenset(EVERYONE), model=own_class),
    Page("directory:group_list", frozenset(STAFF), model=own_class),
    Page("directory:faces", frozenset(STAFF), model=own_class),
    Page("directory:family", frozenset(KEEPERS), model=cast_pupil, by="public_id"),
    Page("directory:photo_consent", frozenset(FAMILY), model=cast_pupil, by="public_id"),
    Page("directory:pupil_photo", frozenset(KEEPERS), model=cast_pupil, by="public_id"),
    Page("directory:consents", frozenset(FAMILY)),
    Page("directory:consent", frozenset(FAMILY), model=asked_pupil, by="public_id"),
    Page("directory:consent_requests", frozenset(KEEPERS)),
    Page("directory:consent_request", frozenset(KEEPERS), model=own_question),
    Page("directory:group_consents", frozenset(STAFF), model=own_class),
    Page("portal:home", frozenset(EVERYONE)),
    Page("timetable:week", frozenset(EVERYONE)),
    Page("timetable:patterns", frozenset(OFFICE)),
    Page("timetable:create", frozenset(OFFICE)),
    Page("attendance:without_network", frozenset(EVERYONE)),
    Page("timetable:change_pattern", frozenset(OFFICE), model=own_pattern),
    Page("timetable:add", frozenset(OFFICE)),
    Page("timetable:lesson", frozenset(EVERYONE), model=lesson_to_come),
    *(
        Page(f"timetable:{name}", frozenset(OFFICE), model=lesson_to_come)
        for name in ["cancel", "move", "replace", "room"]
    ),
    Page("timetable:changes", frozenset(OFFICE)),
    Page("timetable:hours", frozenset(OFFICE)),
    Page("timetable:cover", frozenset(OFFICE)),
    Page("timetable:cover_lesson", frozenset(OFFICE), model=lesson_to_cover),
    Page("timetable:absences", frozenset(OFFICE | {"teacher", "teacher_1"})),
    Page("timetable:announce_absence", frozenset(OFFICE | {"teacher", "teacher_1"})),
    Page("timetable:absence", frozenset(OFFICE), model=teacher_away),
    Page("timetable:ask", frozenset({"teacher"}), model=own_ask),
    Page("timetable:copy_week", frozenset(OFFICE)),
    Page("timetable:weeks", frozenset(OFFICE)),
    Page("timetable:create_alternation", frozenset(OFFICE)),
    Page("timetable:alternation", frozenset(OFFICE), model=own_alternation),
    Page("timetable:imports", frozenset(OFFICE)),
    Page("timetable:import", frozenset(OFFICE), model=own_timetable),
    Page("timetable:import_columns", frozenset(OFFICE), model=own_timetable),
    Page("timetable:import_choices", frozenset(OFFICE), model=own_timetable),
    Page("attendance:lesson_list", frozenset({"teacher", "cpe", "head"}), model=lesson_now),
    Page("attendance:remarks", frozenset(OFFICE)),
    Page("attendance:arrangements", frozenset(SCHOOL_LIFE)),
    Page("attendance:pupil_arrangements", frozenset(SCHOOL_LIFE), model=cast_pupil, by="public_id"),
    Page("attendance:arrange", frozenset(SCHOOL_LIFE), model=cast_pupil, by="public_id"),
    Page("attendance:own_arrangements", frozenset(FAMILY)),
    Page("attendance:absences", frozenset(FAMILY)),
    Page("attendance:board", frozenset(SCHOOL_LIFE)),
    Page("attendance:entries", frozenset(SCHOOL_LIFE)),
    Page("attendance:plans", frozenset(TEACHERS | SCHOOL_LIFE), model=class_with_plans),
    Page("attendance:plan", frozenset(TEACHERS | SCHOOL_LIFE), otherwise=404, model=own_plan),
    Page("attendance:plan_settings", frozenset(TEACHERS | SCHOOL_LIFE), otherwise=404, model=own_plan),
    Page("attendance:roll", frozenset({"teacher", "cpe", "head"}), model=lesson_now),
    Page("attendance:explain", frozenset({"guardian", "other_guardian"}), model=own_absence),
    Page("attendance:entry", frozenset(SCHOOL_LIFE), model=own_absence),
    Page("attendance:alerts", frozenset(SCHOOL_LIFE)),
    Page("attendance:register", frozenset(SCHOOL_LIFE)),
    Page("attendance:announce", frozenset({"guardian", "other_guardian"})),
    Page("attendance:announced", frozenset(SCHOOL_LIFE)),
    Page("attendance:passages", frozenset(SCHOOL_LIFE)),
    Page("attendance:depart", frozenset(SCHOOL_LIFE), model=cast_pupil, by="public_id"),
    Page("attendance:counting", frozenset(SCHOOL_LIFE)),
    Page("attendance:register_files", frozenset(SCHOOL_LIFE)),
    Page("attendance:follow_ups", frozenset(SCHOOL_LIFE)),
    Page("attendance:follow_up", frozenset(SCHOOL_LIFE), model=own_follow_up),
    Page("attendance:told_follow_up", frozenset(FAMILY), model=own_follow_up),
    Page("attendance:reasons", frozenset(SCHOOL_LIFE)),
    Page("attendance:reason", frozenset(SCHOOL_LIFE), model=own_reason),
    Page("homework:sessions", frozenset(TEACHERS)),
    Page("homework:day", frozenset(TEACHERS)),
    Page("homework:record", frozenset({"teacher"}), model=lesson_now),
    Page("homework:edit", frozenset({"teacher"}), model=own_homework),
    Page("homework:hand_ins", frozenset({"teacher", "head"}), model=own_homework),
    Page("homework:hand_in", frozenset({"teacher", "head"}), model=own_hand_in),
    Page("homework:progressions", frozenset(TEACHERS)),
    Page("homework:progression", frozenset({"teacher"}), model=own_progression),
    Page("homework:step", frozenset({"teacher"}), model=own_step),
    Page("homework:put", frozenset(TEACHERS)),
    Page("scenarios:space", frozenset(TEACHERS)),
    Page("scenarios:create", frozenset(TEACHERS)),
    Page("scenarios:take_up", frozenset(TEACHERS)),
    *(
        Page(f"scenarios:{name}", frozenset({"teacher"}), model=own_scenario)
        for name in ["workshop", "facts", "add_step", "publish", "versions", "authors"]
    ),
    Page("scenarios:step", frozenset({"teacher"}), model=own_scenario, beside=of_step),
    Page("scenarios:invitation", frozenset({"teacher"}), model=own_author),
    Page("scenarios:home", frozenset(EVERYONE)),
    Page("scenarios:reviews", frozenset(EVERYONE)),
    Page("scenarios:review", frozenset(TEACHERS)),
    Page("scenarios:report", frozenset(EVERYONE)),
    Page("scenarios:qualifications", frozenset({"operator"})),
    Page("scenarios:qualification", frozenset({"operator"}), model=own_qualification, otherwise=404),
    Page("scenarios:cases", frozenset({"operator"})),
    Page("scenarios:case", frozenset({"operator"}), model=own_case),
    Page("scenarios:appeal", frozenset({"teacher"}), model=own_case),
    Page("scenarios:scenario", frozenset(EVERYONE), model=own_scenario, by="", beside=of_scenario),
    Page("scenarios:paper", frozenset(EVERYONE), model=own_scenario, by="", beside=of_scenario),
    Page("homework:classes", frozenset(TEACHERS | SCHOOL_LIFE)),
    Page("homework:class_book", frozenset(TEACHERS | SCHOOL_LIFE), model=own_book),
    Page("homework:archives", frozenset(SCHOOL_LIFE)),
    Page("homework:class_load", frozenset(TEACHERS | SCHOOL_LIFE), model=own_book),
    Page("homework:limits", frozenset({"head"})),
    Page("homework:to_do", frozenset(FAMILY)),
    Page("homework:sheet", frozenset(FAMILY)),
    Page("homework:in_class", frozenset(FAMILY)),
    Page("homework:work", frozenset(FAMILY), model=own_homework),
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
    Page("directory:next_year", frozenset(OFFICE)),
    *(
        Page(f"directory:{name}", frozenset(OFFICE), model=prepared, by="")
        for name in [
            "year_dates",
            "year_classes",
            "add_year_class",
            "year_pupils",
            "year_staff",
            "year_compare",
            "switch_year",
            "year_unplaced",
        ]
    ),
    Page("directory:year_class", frozenset(OFFICE), otherwise=404, model=planned_class),
    Page("directory:year_placing", frozenset(OFFICE), model=class_to_place),
    Page("directory:school_years", frozenset(OFFICE)),
    Page("directory:school_year", frozenset(OFFICE), model=own_year),
    Page("directory:former_class", frozenset(OFFICE), model=own_class),
    Page("directory:delivery", frozenset(OFFICE), model=own_delivery),
    Page("directory:settings", frozenset({"head"})),
    Page("directory:school", frozenset(EVERYONE | {"town"}), model=own_school, by="public_id"),
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
    Page("directory:powers", frozenset(STAFF)),
    Page("directory:lists", frozenset(OFFICE | {"town"})),
    Page("directory:guests", frozenset({"head"})),
    Page("directory:invite", frozenset({"head"})),
    Page("directory:guest", frozenset({"head"}), model=own_guest),
    Page("directory:review", frozenset({"head"})),
    Page("journal:changes", frozenset({"head"})),
    Page("journal:lines", frozenset({"head"})),
    Page("journal:extracts", frozenset({"head"})),
    Page("directory:person", frozenset(EVERYONE), model=cast_pupil, by="public_id"),
    Page(
        "directory:acts",
        frozenset({"head", "cpe", "secretary", "guardian", "other_guardian"}),
        model=cast_pupil,
        by="public_id",
    ),
    Page("directory:guardianship", frozenset(OFFICE), model=own_link),
    Page("directory:duplicates", frozenset(OFFICE)),
    Page("directory:merges", frozenset(OFFICE)),
    Page("directory:pair", frozenset(OFFICE), model=cast_pupil, by="public_id", beside=colleague),
    Page("search:search", frozenset(EVERYONE)),
    Page("agenda:agenda", frozenset(EVERYONE)),
    Page("lti:activities", frozenset(EVERYONE)),
    Page("lti:add", frozenset(TEACHERS)),
    Page(
        "lti:activity",
        frozenset({"head"} | TEACHERS | FAMILY),
        otherwise=404,
        model=own_activity,
        by="public_id",
    ),
    Page("lti:change", frozenset(TEACHERS), model=own_activity, by="public_id"),
    Page("lti:choice", frozenset({"teacher"}), otherwise=404, model=own_choice, by="public_id"),
    Page("lti:tool", frozenset({"head"}), model=own_lti_service, by="public_id"),
    Page("lti:agreement", frozenset({"head"}), model=own_lti_service, by="public_id"),
    Page("signon:services", frozenset(EVERYONE)),
    Page("signon:register", frozenset({"head", "operator"})),
    Page("signon:create", frozenset({"head", "operator"})),
    Page("signon:service", frozenset({"head"}), model=own_service, by="public_id"),
    Page("signon:change", frozenset({"head"}), model=own_service, by="public_id"),
    Page("signon:secret", frozenset({"head"}), model=own_oidc_service, by="public_id"),
    Page("federation:links", frozenset(EVERYONE)),
    Page("federation:person_links", frozenset(OFFICE), model=cast_pupil, by="public_id"),
    Page("federation:providers", frozenset({"head", "operator"})),
    Page("federation:create", frozenset({"head", "operator"})),
    Page("federation:only_ways", frozenset({"head"})),
    Page("federation:local_door", frozenset(OFFICE)),
    Page("federation:provider", frozenset({"head"}), model=own_provider, by="public_id"),
    Page("federation:change", frozenset({"head"}), model=own_provider, by="public_id"),
    Page("federation:secret", frozenset({"head"}), model=own_provider, by="public_id"),
    Page("federation:saml", frozenset({"head"}), model=own_saml_provider, by="public_id"),
    Page("agenda:subscription", frozenset(EVERYONE)),
    Page("identity:accounts", frozenset(STAFF)),
    Page("identity:class_accounts", frozenset(STAFF), model=own_class),
    # Of an école alone: test_cards.py.
    Page("identity:class_cards", frozenset(), model=own_class),
    Page("identity:staff_accounts", frozenset(OFFICE)),
    Page("identity:everyone_out", frozenset({"head"})),
    Page("identity:proof_demand", frozenset({"head"})),
    Page("identity:platform_proof", frozenset({"operator"})),
    Page("identity:proof_readiness", frozenset(OFFICE)),
    Page("identity:delay_proof", frozenset(OFFICE), model=cast_pupil, by="public_id"),
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
    Page("privacy:requests", frozenset(EVERYONE | ABROAD)),
    Page("privacy:ask", frozenset(EVERYONE | ABROAD)),
    *(Page(f"privacy:{name}", frozenset({"guardian"}), model=own_request) for name in ("asked", "add_line")),
    Page("privacy:change_line", frozenset({"guardian"}), model=own_request_line),
    Page("privacy:queue", frozenset({"head"})),
    Page("privacy:handle", frozenset({"head"}), model=own_request),
    Page("privacy:answer_line", frozenset({"head"}), model=own_request_line),
    Page("privacy:erase", frozenset({"head"}), model=own_erasure),
    Page("privacy:register", frozenset({"head", "operator"})),
    Page("privacy:breach", frozenset({"head", "operator"})),
    Page("privacy:terms", frozenset({"head", "operator"})),
    Page("privacy:run", frozenset({"head", "operator"}), model=own_run),
    Page("privacy:breach_papers", frozenset({"head"})),
    Page("identity:change_password", frozenset(EVERYONE)),
    Page("identity:sessions", frozenset(EVERYONE)),
    Page("identity:second_proof", frozenset((EVERYONE | ABROAD) - {"pupil"})),
    Page("identity:install_second_proof", frozenset((EVERYONE | ABROAD) - {"pupil"})),
    Page("identity:add_passkey", frozenset((EVERYONE | ABROAD) - {"pupil"})),
    Page("identity:passkey", frozenset({"teacher"}), model=own_passkey, by="public_id"),
    Page("identity:keys", frozenset(EVERYONE | ABROAD)),
    Page("identity:make_key", frozenset(EVERYONE)),
    Page("portal:api", frozenset(EVERYONE)),
    Page("identity:activation", frozenset(EVERYONE)),
    Page("identity:forgotten", frozenset(EVERYONE)),
    Page("foundation:styleguide", frozenset(EVERYONE)),
    Page("portal:offline", frozenset(EVERYONE)),
    Page("portal:first_visit", frozenset(EVERYONE)),
    Page("portal:help", frozenset(EVERYONE)),
    Page("portal:accessibility", frozenset(EVERYONE)),
    Page("portal:legal", frozenset(EVERYONE)),
    Page("portal:privacy", frozenset(EVERYONE)),
    Page("portal:register", frozenset(EVERYONE)),
    Page("portal:state", frozenset(EVERYONE)),
    Page("catalogue:home", frozenset(EVERYONE)),
    Page("catalogue:search", frozenset(EVERYONE)),
    Page("catalogue:followed", frozenset(EVERYONE)),
    Page("catalogue:collection", frozenset(EVERYONE), model=filled_collection, by="slug"),
    Page("catalogue:resource", frozenset(EVERYONE), model=own_resource, by="", beside=of_resource),
    Page("catalogue:sources", frozenset({"operator"})),
    Page("catalogue:add_source", frozenset({"operator"})),
    Page("catalogue:dead_links", frozenset({"operator"})),
    Page("catalogue:misses", frozenset({"operator"})),
    Page("catalogue:source", frozenset({"operator"}), model=own_source, by="slug"),
    Page("catalogue:change_source", frozenset({"operator"}), model=own_source, by="slug"),
    Page("catalogue:harvest", frozenset({"operator"}), model=own_harvest),
    Page("media:shelf", frozenset({"operator"})),
    Page("media:send", frozenset({"operator"})),
    # Nobody of the school sees what an operator sends.
    Page("media:medium", frozenset({"operator"}), 404, model=own_medium, by="public_id"),
    Page("media:words", frozenset({"operator"}), 404, model=own_medium, by="public_id"),
    Page("catalogue:desk", frozenset({"operator"})),
    Page("catalogue:add", frozenset({"operator"})),
    Page("catalogue:change", frozenset({"operator"}), 404, model=edited_resource),
    Page("exams:home", frozenset(EVERYONE)),
    Page("exams:search", frozenset(EVERYONE)),
    Page("exams:basket", frozenset(EVERYONE)),
    Page("exams:training", frozenset(EVERYONE)),
    Page("exams:exam", frozenset(EVERYONE), model=own_exam_paper, by="", beside=of_exam),
    Page("exams:paper", frozenset(EVERYONE), model=own_exam_paper, by="", beside=of_exam_paper),
    Page("exams:correction", frozenset(EVERYONE), model=own_exam_paper, by="", beside=of_corrected_paper),
    Page("exams:exercise", frozenset(EVERYONE), model=own_exercise, by="code"),
    Page("platform:schools", frozenset({"operator"})),
    Page("platform:deliveries", frozenset({"operator"})),
    Page("platform:school", frozenset({"operator"}), model=own_school, by="public_id"),
    Page("platform:delivery", frozenset({"operator"}), model=a_delivery_for_many),
]
PUBLIC = {
    "exams:home",
    "exams:search",
    "exams:basket",
    "exams:training",
    "exams:exam",
    "exams:paper",
    "exams:correction",
    "exams:exercise",
    "catalogue:home",
    "catalogue:search",
    "catalogue:collection",
    "catalogue:resource",
    "scenarios:home",
    "scenarios:scenario",
    "scenarios:paper",
    "scenarios:reviews",
    "notifications:stop",
    "portal:home",
    "portal:offline",
    "attendance:without_network",
    "portal:help",
    "portal:api",
    "portal:accessibility",
    "portal:legal",
    "portal:privacy",
    "portal:register",
    "portal:state",
    "foundation:styleguide",
    "identity:activation",
    "identity:forgotten",
}
# Not pages: health, sign-in while signed in, POST only, CSV; each has tests of its own.
ELSEWHERE = {
    "catalogue:follow", "catalogue:unfollow", "catalogue:clear_miss", "catalogue:suggestions", "catalogue:tell_miss", "catalogue:feed", "catalogue:paper", "catalogue:media",
    "scenarios:arrange", "scenarios:withdraw", "scenarios:remove", "scenarios:restore", "scenarios:go_back",
    "catalogue:oai", "catalogue:oembed", "catalogue:card", "portal:api_ressources", "portal:api_ressource",
    "catalogue:try_source", "catalogue:harvest_source", "catalogue:pause_source", "catalogue:settle_harvest",
    "catalogue:export_harvests", "catalogue:export_problems", "catalogue:export_dead_links", "catalogue:export_misses",
    # commons/media/tests, catalogue/tests/test_media.py.
    "media:tus", "media:part", "media:abandon", "media:remove", "media:bytes", "catalogue:withdraw", "catalogue:put_back",
    "scenarios:leave", "scenarios:take_out", "scenarios:remove_review",
    # Leads on, unless a resource is in its address: test_qualifying.py.
    "scenarios:qualify",
    "exams:feed", "exams:suggestions", "exams:basket_page", "exams:basket_pdf", "exams:paper_pdf", "exams:correction_pdf",
    "campaigns:from_list", "campaigns:drop", "campaigns:stop", "campaigns:retry", "campaigns:posted",
    "campaigns:letters", "campaigns:export",
    "files:file", "files:glimpse", "files:drive_bare", "files:drive", "files:in_drive",
    "agenda:well_known", "agenda:calendars", "agenda:calendar",
    "lti:launch", "lti:end", "lti:restore", "lti:export", "lti:authorize", "lti:token", "lti:chosen", "lti:members", "lti:lines",
    "lti:line", "lti:scores", "lti:results",
    "directory:export_list", "directory:ask_photos", "directory:remove_photo", "directory:photo",
    # An école, a pupil of age, one pupil of a question: test_consents.py.
    "directory:consent_beside", "directory:family_access", "directory:paper_consent",
    "directory:remind_consents", "directory:close_consents", "directory:export_consents", "directory:consent_papers",
    "notifications:open", "notifications:mark", "notifications:read_all", "notifications:revoke",
    "notifications:add_device", "notifications:remove_device", "notifications:try_device", "notifications:renew_device",
    "foundation:alive", "foundation:ready", "foundation:styleguide_section", "identity:sign_in", "identity:sign_out", "identity:switch",
    "privacy:count_terms", "privacy:approve_run", "privacy:confirm_run", "privacy:postpone_run",
    "privacy:export", "privacy:export_register", "privacy:breach_contacts", "journal:extract", "privacy:withdraw", "privacy:take", "privacy:prolong", "privacy:send_answer", "privacy:take_back",
    "identity:picture", "identity:take_picture", "identity:remove_picture", "identity:resume",
    "identity:new_password", "identity:second_step", "identity:passkey_challenge", "identity:passkey_options", "identity:remove_passkey", "identity:revoke_key", "identity:revoke_keys", "portal:openapi", "portal:api_moi", "portal:api_agenda", "portal:api_devoirs", "portal:api_notifications", "identity:lift_second_proof", "identity:confirm", "identity:confirm_otherwise", "identity:remind_later", "identity:end_session", "identity:prepare_class", "identity:prepare_staff",
    "identity:prepare_person", "identity:give_code", "identity:letters_pdf", "demo:outbox",
    "portal:demonstration", "portal:app_manifest", "portal:service_worker", "portal:guide", "portal:privacy_house", "portal:sitemap", "portal:robots",
    "portal:settle_guide", "directory:apply", "directory:approve", "directory:drop", "directory:delivery_part", "directory:report_csv",
    "directory:merge", "directory:tell_apart", "directory:undo_merge",
    "directory:lift_ruling", "directory:export", "directory:report_json", "directory:logo", "directory:take_logo", "directory:remove_logo", "directory:remove_period",
    "directory:remove_closure", "directory:end_delegation", "directory:end_guest", "directory:finish_review", "directory:doubt", "timetable:stop", "attendance:withdraw", "attendance:decide", "attendance:export",
    "attendance:day", "attendance:send",
    "attendance:withdraw_announcement", "attendance:begin_visit", "attendance:end_visit",
    "attendance:register_csv", "attendance:register_pdf", "attendance:letters", "attendance:open_follow_up", "attendance:close_alert", "attendance:start_follow_up", "attendance:end_follow_up",
    "attendance:settle", "attendance:settle_one", "attendance:reopen", "attendance:retire_reason",
    "timetable:undo", "timetable:change_week", "timetable:remove_alternation", "timetable:export_changes", "timetable:export_hours", "agenda:subscribe", "agenda:unsubscribe", "agenda:feed", "works:stop", "directory:export_departures", "directory:let_go",
    "timetable:import_part", "timetable:import_csv", "timetable:import_json", "timetable:apply_import", "timetable:drop_import", "platform:export", "identity:give_cards", "identity:withdraw_card", "identity:pictures",
    "attendance:end_arrangement",
    "homework:publish", "homework:remove", "homework:restore", "homework:tick",
    "homework:send", "homework:correct", "homework:hand_ins_csv", "directory:give_up_year", "directory:remove_year_class", "directory:keep_teams", "directory:propose_year", "directory:forget_switch",
    "homework:shift", "homework:give_progression", "homework:remove_step", "homework:visa", "directory:undo_switch", "directory:export_year_pupils",
    "homework:archive", "homework:book_of_year", "conduct:export", "conduct:settle", "conduct:reopen", "conduct:finish", "conduct:cancel", "conduct:slip", "conduct:answer",
    "attendance:prepare_register", "attention:add_step", "attention:end", "attention:note_step", "attention:answer",
    "conduct:agree", "conduct:accomplish", "conduct:note_week", "conduct:end_contract", "conduct:drop", "conduct:erase", "conduct:letter", "conduct:export_register",
    "records:close", "records:printed", "records:paper", "records:remove_paper", "records:end_reader", "records:end_measure", "records:agree",
    "timetable:settle_cover", "timetable:accept", "timetable:decline", "timetable:cancel_ask",
    "timetable:confirm_absence", "timetable:withdraw_absence", "timetable:export_cover",
    "attendance:settle_remark",
    "mediacentre:understand", "mediacentre:end", "mediacentre:restore", "mediacentre:export", "mediacentre:apply_list",
    "mediacentre:drop_list", "mediacentre:licences", "mediacentre:families", "mediacentre:give", "mediacentre:set_apart",
    "timetable:remove_slot", "events:publish", "events:cancel", "events:restore", "events:remove", "events:answer", "events:export",
    "attendance:plan_gesture", "attendance:remove_plan", "attendance:plan_pdf", "attendance:roll_layout",
    "signon:login", "signon:confirm", "signon:logout", "signon:validate", "signon:service_validate", "signon:proxy_validate",
    "signon:p3_service_validate", "signon:p3_proxy_validate", "signon:proxy",
    "signon:oidc_configuration", "signon:oidc_authorize", "signon:oidc_confirm", "signon:oidc_token",
    "signon:oidc_userinfo", "signon:oidc_keys", "signon:oidc_logout", "signon:oidc_leave",
    "signon:saml_metadata", "signon:saml_sso", "signon:saml_next", "signon:saml_open", "signon:saml_confirm",
    "signon:saml_logout", "signon:saml_leave",
    # Their pages are looked at in commons/federation/tests: they need a provider that answers.
    "federation:others", "federation:link", "federation:goodbye", "federation:start", "federation:back", "federation:ended",
    "federation:cut", "federation:attempt",
    "federation:saml_metadata", "federation:saml_acs", "federation:saml_arrival", "federation:saml_logout",
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


def many_reasons(college: World, count: int) -> None:
    for _ in range(count):
        Reason.objects.create(school=college.school, label=f"Motif {Reason.objects.count()}")


def many_alerts(college: World, count: int) -> None:
    """`count` pupils more over a threshold, each in a class."""
    many_pupils(college, count)
    pupils = Person.objects.filter(
        holdings__school=college.school, holdings__role=Role.PUPIL, attendance_alerts=None
    )
    for pupil in pupils.order_by("-pk")[:count]:
        Alert.objects.create(
            school=college.school, pupil=pupil, month=NOW.date().replace(day=1), level=Alert.Level.DIALOGUE,
            half_days=4, raised_at=NOW,
        )  # fmt: skip


def own_announced(college: World, count: int, pupil: Person | None = None) -> None:
    """`count` absences announced by the cast's pupil's mother."""
    for number in range(count):
        Announcement.objects.create(
            school=college.school, pupil=pupil or college.people["pupil"], kind=Announcement.Kind.ABSENCE,
            starts=NOW + timedelta(days=number), ends=NOW + timedelta(days=number, hours=2), given_at=NOW,
            given_by=college.people["guardian"], reason=Reason.objects.filter(school=None)[0],
        )  # fmt: skip


def many_announced(college: World, count: int) -> None:
    many_pupils(college, count)
    for pupil in Person.objects.filter(family_name__startswith="Élève ").order_by("-pk")[:count]:
        own_announced(college, 1, pupil)


def many_visits(college: World, count: int) -> None:
    """`count` pupils more, at the library."""
    many_pupils(college, count)
    for pupil in Person.objects.filter(family_name__startswith="Élève ", visits=None).order_by("pk")[:count]:
        Visit.objects.create(
            school=college.school,
            pupil=pupil,
            place=Visit.Place.LIBRARY,
            starts=NOW,
            noted_by=college.people["cpe"],
        )


def many_registers(college: World, count: int) -> None:
    """`count` registers more that could not be made, by the CPE."""
    for _ in range(count):
        RegisterFile.objects.create(
            school=college.school, asked_by=college.people["cpe"], seat=f"staff-{college.school.pk}", asked_at=NOW,
            first=NOW.date(), last=NOW.date(), state="failed", expires_on=NOW.date(),
        )  # fmt: skip


def many_follow_ups(college: World, count: int) -> None:
    pupils = Person.objects.filter(
        holdings__school=college.school, holdings__role=Role.PUPIL, follow_ups=None
    )
    for pupil in pupils.order_by("pk")[:count]:
        FollowUp.objects.create(
            school=college.school, pupil=pupil, opened_by=college.people["cpe"], opened_at=NOW
        )


def many_done(college: World, count: int) -> None:
    follow_up = own_follow_up(college)
    for _ in range(count):
        FollowUpAction.objects.create(
            school=college.school, follow_up=follow_up, kind=FollowUpAction.Kind.CALL, day=NOW.date(), words="Appel",
            made_by=college.people["cpe"], made_at=NOW,
        )  # fmt: skip


def many_rooms(college: World, count: int) -> None:
    for _ in range(count):
        Room.objects.create(school=college.school, name=f"Salle {Room.objects.count()}")


def many_lesson_changes(college: World, count: int) -> None:
    """`count` changes more of a lesson to come."""
    lesson = lesson_to_come(college)
    teacher = college.people["teacher"]
    for _ in range(count):
        LessonChange.objects.create(
            school=college.school, lesson=lesson, kind="replaced", teacher_before=teacher,
            teacher_after=college.people["teacher_1"], made_by=teacher, made_at=NOW,
        )  # fmt: skip
    Lesson.objects.filter(pk=lesson.pk).update(revision=1)


def many_subjects_given(college: World, count: int) -> None:
    """`count` lessons given yesterday, each of a subject and to a class more."""
    yesterday = NOW - timedelta(days=1)
    for number in range(count):
        about = {"school": college.school, "year": college.year}
        code = f"HEURES{Subject.objects.count()}"
        subject = Subject.objects.create(school=college.school, code=code, name=f"Matière {code}")
        group = Group.objects.create(kind=Group.Kind.CLASS, name=f"Donnée {Group.objects.count()}", **about)
        ends = yesterday + timedelta(minutes=30 + number)
        Lesson.objects.create(
            subject=subject, starts=yesterday, ends=ends, day=yesterday.date(), **about
        ).groups.set([group])


def many_to_cover(college: World, count: int) -> None:
    """`count` lessons more of the teacher who is away, each with somebody who was asked: Claire Moreau."""
    absence = teacher_away(college)
    model = lesson_to_cover(college)
    for _ in range(count):
        later = timedelta(seconds=1 + Lesson.objects.count())
        lesson = Lesson.objects.create(
            school=college.school, year=college.year, subject=model.subject, room=model.room, day=model.day,
            starts=model.starts + later, ends=model.ends + later,
        )  # fmt: skip
        lesson.groups.set([own_class(college)])
        lesson.teachers.set([absence.teacher])
        CoverAsk.objects.create(
            school=college.school, lesson=lesson, absence=absence, person=college.people["teacher"], asked_at=NOW,
            asked_by=college.people["secretary"],
        )  # fmt: skip


def many_free(college: World, count: int) -> None:
    """`count` colleagues more who may be asked, and as many who declined."""
    lesson, absence = lesson_to_cover(college), teacher_away(college)
    for _ in range(count):
        people = [
            Person.objects.create(family_name=f"Libre {Person.objects.count()}", given_name="Ada")
            for _n in range(2)
        ]
        for person in people:
            Holding.objects.create(person=person, role=Role.TEACHER, school=college.school)
        Assignment.objects.create(
            school=college.school, group=own_class(college), teacher=people[0], subject=lesson.subject
        )
        CoverAsk.objects.create(
            school=college.school,
            lesson=lesson,
            absence=absence,
            person=people[1],
            asked_at=NOW,
            state="declined",
        )


def many_away(college: World, count: int) -> None:
    """`count` absences more to come, one in two to confirm."""
    for number in range(count):
        person = Person.objects.create(family_name=f"Absent {Person.objects.count()}", given_name="Ada")
        TeacherAbsence.objects.create(
            school=college.school, teacher=person, starts=NOW, ends=NOW + timedelta(days=1), announced_at=NOW,
            confirmed_at=NOW if number % 2 else None,
        )  # fmt: skip


def many_alternations(college: World, count: int) -> None:
    for _ in range(count):
        name = f"Alternance {Alternation.objects.count()}"
        Alternation.objects.create(
            school=college.school, year=college.year, name=name, mondays=["2026-11-30"]
        )


def many_arrangements(college: World, count: int) -> None:
    """`count` adjustments more of the cast's pupil."""
    for number in range(count):
        Arrangement.objects.create(
            school=college.school, pupil=college.people["pupil"], kind="adjustment", words=f"Aménagement {count} {number}",
            first_day=NOW.date(), said_by=college.people["cpe"], said_at=NOW,
        )  # fmt: skip


def many_remarks(college: World, count: int) -> None:
    """`count` remarks more on the list of the lesson that is going on."""
    many_pupils(college, count)
    lesson = lesson_now(college)
    for pupil in Person.objects.filter(family_name__startswith="Élève ", list_remarks=None):
        ListRemark.objects.create(
            school=college.school, lesson=lesson, pupil=pupil, kind="not_here", said_by=college.people["teacher"],
            said_at=NOW,
        )  # fmt: skip


def many_plans(college: World, count: int) -> None:
    for number in range(count):
        SeatingPlan.objects.create(
            school=college.school, group=own_class(college), name=f"Plan {count} {number}",
            made_by=college.people["teacher"], made_at=NOW,
        )  # fmt: skip


def many_subjects(college: World, count: int) -> None:
    for number in range(count):
        Subject.objects.create(
            school=college.school, code=f"{count}-{number}", name=f"Matière {count} {number}"
        )


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


def many_asked_pupils(college: World, count: int) -> None:
    """The same, and something is asked about them."""
    own_question(college)
    many_pupils(college, count)


def many_planned(college: World, count: int) -> None:
    """`count` classes more this year, and next year."""
    plan = prepared(college)
    many_classes(college, count)
    for _ in range(count):
        PlannedClass.objects.create(plan=plan, name=f"Classe {PlannedClass.objects.count()}")


def many_placed(college: World, count: int) -> None:
    """`count` pupils more, who go to the class that the page shows."""
    planned = planned_class(college)
    known = set(Person.objects.values_list("pk", flat=True))
    many_pupils(college, count)
    for pupil in Person.objects.exclude(pk__in=known).filter(holdings__role=Role.PUPIL):
        Placement.objects.create(
            plan=planned.plan, person=pupil, outcome=Placement.Outcome.MOVES, target=planned, decided_at=NOW
        )


def many_years(college: World, count: int) -> None:
    for _ in range(count):
        first = 2025 - SchoolYear.objects.filter(school=college.school).count()
        SchoolYear.objects.create(
            school=college.school,
            name=f"{first}-{first + 1}",
            starts=date(first, 9, 1),
            ends=date(first + 1, 7, 4),
        )


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


def many_touched(college: World, count: int) -> None:
    """`count` people more whose file the CPE opened today, and as many lists taken out."""
    for _ in range(count):
        number = Person.objects.count()
        pupil = Person.objects.create(family_name=f"Touché {number}", given_name="Ana")
        told = {"actor": college.people["cpe"], "school": college.school}
        word = ("attendance.entry_read", "directory.person_read", "attention.page_read")[number % 3]
        Line.objects.create(verb=word, subject=pupil, is_read=True, **told)
        Line.objects.create(verb="attendance.exported", **told)


def many_extracts(college: World, count: int) -> None:
    for _ in range(count):
        Extract.objects.create(
            school=college.school, asked_by=college.people["head"], seat=f"staff-{college.school.pk}", asked_at=NOW,
            first=NOW.date(), last=NOW.date(), person=college.people["pupil"], expires_on=NOW.date(), state="failed",
        )  # fmt: skip


def many_letters(college: World, count: int) -> None:
    for number in range(count):
        Letter.objects.create(to="a@famille.example", subject=f"Lettre {number}", body="…")


# Every page that may hold one row or thirty: who opens it, and what makes it long.
LISTS = [
    ("pupil", "catalogue:home", many_collections),
    ("pupil", "catalogue:followed", many_followed),
    ("pupil", "catalogue:search?tri=recentes", many_resources),
    ("pupil", "catalogue:collection", many_resources),
    ("pupil", "exams:search?matiere=Essais", many_exam_papers),
    ("pupil", "exams:search?tri=recentes&quoi=sujet", many_exam_papers),
    ("pupil", "exams:exam", many_exam_papers),
    ("cpe", "timetable:slots", many_day_slots),
    ("cpe", "timetable:create_slot", many_classes),
    ("cpe", "timetable:change_slot", many_staff),
    ("cpe", "timetable:study", many_day_slots),
    ("cpe", "agenda:agenda", many_day_slots),
    ("guardian", "timetable:week", many_day_slots),
    ("pupil", "mediacentre:mine", many_digital_resources),
    ("guardian", "mediacentre:mine", many_digital_resources),
    ("head", "mediacentre:resources", many_digital_resources),
    ("head", "mediacentre:resource", many_digital_rules),
    ("head", "mediacentre:people", many_pupils),
    ("head", "mediacentre:people?qui=sans", many_librarians),
    ("head", "mediacentre:rules", many_digital_rules),
    ("head", "mediacentre:rule", many_in_a_rule),
    ("head", "mediacentre:lists", many_lists),
    ("head", "mediacentre:list", many_lines_aside),
    ("head", "mediacentre:export", many_digital_resources),
    ("head", "events:events", many_events),
    ("secretary", "events:create", many_classes),
    ("secretary", "events:change", many_staff),
    ("head", "events:event", many_who_answer),
    ("head", "events:export", many_who_answer),
    ("guardian", "agenda:agenda", many_events),
    ("guardian", "portal:home", many_events),
    ("teacher", "timetable:week", many_events),
    ("cpe", "campaigns:campaigns", many_campaigns),
    ("cpe", "campaigns:start", many_classes),
    ("cpe", "campaigns:text", many_aimed_at),
    ("cpe", "campaigns:check", many_aimed_at),
    ("cpe", "campaigns:confirm", many_aimed_at),
    ("cpe", "campaigns:campaign", many_aimed_at),
    ("cpe", "campaigns:export", many_aimed_at),
    ("cpe", "campaigns:sent", many_campaigns),
    ("guardian", "campaigns:received", many_campaigns),
    ("cpe", "attention:waiting", many_findings),
    ("cpe", "portal:home", many_findings),
    ("cpe", "attention:reviews", many_reviews),
    ("cpe", "attention:review", much_in_a_review),
    ("cpe", "attention:decide_again", much_in_a_review),
    ("guardian", "attention:mine", many_reviews),
    ("guardian", "attention:told", much_in_a_review),
    ("head", "records:records", many_records),
    ("head", "records:open_record", many_pupils),
    ("head", "records:audit", many_records),
    ("head", "records:entrust", many_readers),
    ("head", "records:record", many_versions),
    ("head", "records:revise", many_versions),
    ("head", "records:readers", many_readers),
    ("head", "records:readings", many_versions),
    ("head", "records:measures", many_measures),
    ("head", "records:papers", many_papers),
    ("teacher", "records:around", many_records),
    ("guardian", "records:own_records", many_records),
    ("guardian", "records:own_record", many_versions),
    ("cpe", "conduct:incidents", many_incidents),
    ("cpe", "conduct:export", many_incidents),
    ("teacher", "conduct:report", many_pupils),
    ("cpe", "conduct:incident", many_people_in_one),
    ("cpe", "conduct:correct", many_pupils),
    ("cpe", "conduct:punitions", many_punitions),
    ("teacher", "conduct:give", many_pupils),
    ("cpe", "conduct:punition", many_moves),
    ("cpe", "conduct:place", many_slots),
    ("cpe", "conduct:slots", many_slots),
    ("cpe", "conduct:slot", many_punitions),
    ("guardian", "conduct:followed", many_punitions),
    ("guardian", "conduct:followed", many_sanctions),
    ("guardian", "conduct:followed", many_contracts),
    ("guardian", "conduct:contract", many_contracts),
    ("cpe", "conduct:contracts", many_contracts),
    ("cpe", "conduct:open_contract", many_pupils),
    ("head", "conduct:sanctions", many_sanctions),
    ("head", "conduct:sanction", many_answers),
    ("head", "conduct:pronounce", many_answers),
    ("head", "conduct:register", many_sanctions),
    ("head", "conduct:export_register", many_sanctions),
    ("head", "conduct:open_procedure", many_pupils),
    ("head", "directory:groups", many_classes),
    ("head", "directory:groups?montrer=groupes", many_groups),
    ("secretary", "directory:without_class", many_unplaced),
    ("teacher", "directory:group", many_pupils),
    (
        "secretary",
        "directory:group_list?colonnes=responsables&colonnes=naissance&colonnes=groupes",
        many_pupils,
    ),
    ("secretary", "directory:faces", many_pupils),
    ("guardian", "directory:consents", many_questions),
    ("guardian", "directory:consent", many_questions),
    ("cpe", "directory:consent_requests", many_questions),
    ("cpe", "directory:consent_request", many_pupils),
    ("teacher", "directory:group_consents", many_asked_pupils),
    ("secretary", "directory:family", many_siblings),
    ("teacher", "portal:home", many_lessons),
    ("teacher", "timetable:week", many_lessons),
    ("teacher", "timetable:week?vue=jour", many_lessons),
    ("teacher", "timetable:week?vue=liste", many_lessons),
    ("secretary", "timetable:week?par=prof", many_staff),
    ("secretary", "timetable:week?par=salle", many_rooms),
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
    ("teacher", "attendance:day", many_lessons),
    ("cpe", "attendance:reasons", many_reasons),
    ("cpe", "attendance:alerts", many_alerts),
    ("cpe", "attendance:register", many_classes),
    ("cpe", "attendance:register_csv", many_classes),
    ("cpe", "attendance:register_files", many_registers),
    ("cpe", "attendance:announced", many_announced),
    ("guardian", "attendance:absences", own_announced),
    ("cpe", "attendance:passages", many_visits),
    ("cpe", "attendance:passages?nom=eleve", many_visits),
    ("cpe", "attendance:follow_ups", many_follow_ups),
    ("cpe", "attendance:follow_up", many_done),
    ("guardian", "attendance:told_follow_up", many_done),
    ("cpe", "attendance:arrangements", many_arrangements),
    ("teacher", "attendance:lesson_list", many_absences),
    ("teacher", "attendance:plans", many_plans),
    ("teacher", "attendance:plan", many_pupils),
    ("teacher", "attendance:plan_settings", many_pupils),
    ("secretary", "attendance:remarks", many_remarks),
    ("cpe", "attendance:pupil_arrangements", many_arrangements),
    ("guardian", "attendance:own_arrangements", many_arrangements),
    ("cpe", "attendance:arrange", many_subjects),
    ("teacher", "homework:put?" + USED, many_lessons),
    ("teacher", "scenarios:space", many_scenarios),
    ("teacher", "scenarios:take_up?" + USED, many_scenarios),
    ("teacher", "scenarios:workshop", many_scenario_steps),
    ("teacher", "scenarios:versions", many_scenario_versions),
    ("teacher", "scenarios:authors", many_co_authors),
    ("pupil", "scenarios:home", many_scenarios),
    ("pupil", "scenarios:reviews?" + USED, many_opinions),
    ("pupil", "scenarios:scenario", many_published_steps),
    ("pupil", "scenarios:paper", many_published_steps),
    ("teacher", "homework:sessions", many_lessons),
    ("teacher", "homework:day", many_works_given),
    ("teacher", "homework:record", many_corrections),
    ("teacher", "homework:edit", many_pupils),
    ("teacher", "homework:progressions", many_progressions),
    ("teacher", "homework:progression", many_steps),
    ("teacher", "homework:hand_ins", many_handed_in),
    ("teacher", "homework:hand_ins_csv", many_handed_in),
    ("head", "homework:classes", many_classes),
    ("head", "homework:class_book", many_works_given),
    ("head", "homework:class_load", many_works_given),
    ("head", "homework:book_of_year", many_works_given),
    ("head", "homework:class_book", many_archives),
    ("head", "homework:archives", many_archives),
    ("pupil", "homework:to_do", many_works_given),
    ("pupil", "homework:sheet", many_works_given),
    ("guardian", "homework:to_do", many_works_given),
    ("guardian", "homework:in_class", many_works_given),
    ("pupil", "portal:home", many_works_given),
    ("secretary", "directory:deliveries", many_deliveries),
    ("secretary", "directory:delivery", many_notes),
    ("secretary", "directory:delivery_part", many_notes),
    ("secretary", "directory:report_csv", many_notes),
    ("secretary", "directory:report_json", many_notes),
    ("secretary", "timetable:imports", many_timetables),
    ("secretary", "timetable:import", many_timetable_notes),
    ("secretary", "timetable:import_part", many_timetable_notes),
    ("secretary", "timetable:import_columns", many_timetable_notes),
    ("secretary", "timetable:import_choices", many_timetable_notes),
    ("secretary", "timetable:import_csv", many_timetable_notes),
    ("secretary", "timetable:import_json", many_timetable_notes),
    ("secretary", "directory:departures", many_leavers),
    ("secretary", "directory:departures?qui=personnels", many_leavers),
    ("secretary", "directory:departures?qui=responsables", many_leavers),
    ("secretary", "directory:next_year", many_planned),
    ("secretary", "directory:year_classes", many_planned),
    ("secretary", "directory:year_compare", many_planned),
    ("secretary", "directory:year_class", many_placed),
    ("secretary", "directory:year_placing", many_pupils),
    ("secretary", "directory:year_unplaced", many_unplaced),
    ("secretary", "directory:year_pupils", many_pupils),
    ("secretary", "directory:year_pupils?qui=passent", many_placed),
    ("secretary", "directory:year_staff", many_staff),
    ("secretary", "directory:school_years", many_years),
    ("secretary", "directory:school_year", many_classes),
    ("secretary", "directory:former_class", many_pupils),
    ("secretary", "directory:duplicates", many_pairs),
    ("secretary", "directory:merges", many_merges),
    ("secretary", "timetable:create", many_classes),
    ("secretary", "timetable:week", many_classes),
    ("secretary", "timetable:change_pattern", many_classes),
    ("secretary", "timetable:add", many_classes),
    ("secretary", "timetable:replace", many_staff),
    ("secretary", "timetable:move", many_rooms),
    ("secretary", "timetable:room", many_rooms),
    ("secretary", "timetable:lesson", many_lesson_changes),
    ("secretary", "timetable:changes", many_lesson_changes),
    ("secretary", "timetable:export_changes", many_lesson_changes),
    ("secretary", "timetable:hours", many_subjects_given),
    ("secretary", "timetable:export_hours", many_subjects_given),
    ("secretary", "timetable:weeks", many_alternations),
    ("secretary", "timetable:cover", many_to_cover),
    ("secretary", "timetable:cover?etat=tous", many_to_cover),
    ("secretary", "timetable:export_cover", many_to_cover),
    ("secretary", "timetable:cover_lesson", many_free),
    ("secretary", "timetable:absence", many_to_cover),
    ("secretary", "timetable:absences", many_away),
    ("secretary", "timetable:announce_absence", many_staff),
    ("teacher", "portal:home", many_to_cover),
    ("secretary", "identity:accounts", many_classes),
    ("secretary", "identity:class_accounts", many_pupils),
    ("secretary", "identity:class_accounts?qui=responsables", many_pupils),
    ("secretary", "identity:staff_accounts", many_staff),
    ("secretary", "identity:proof_readiness", many_staff),
    ("head", "identity:proof_demand", many_staff),
    ("guardian", "identity:sessions", many_browsers),
    ("head", "directory:closures", many_closures),
    ("head", "directory:periods", many_periods),
    ("head", "directory:administrators", many_staff),
    ("head", "directory:administrators", many_given),
    ("head", "directory:powers", many_given),
    ("head", "directory:powers?fonction=teacher", many_staff),
    ("head", "directory:lists", many_classes),
    ("head", "directory:guests", many_guests),
    ("head", "directory:review", many_given),
    ("head", "journal:changes", many_settings_changed),
    ("head", "journal:lines", many_readings),
    ("head", "journal:extracts", many_extracts),
    ("head", "privacy:breach?debut=2026-11-24T00:00&fin=2026-11-25T00:00", many_touched),
    ("head", "privacy:breach_papers?debut=2026-11-24T00:00&fin=2026-11-25T00:00", many_touched),
    ("head", "privacy:part", many_settings_changed),
    ("pupil", "privacy:readings", many_readings),
    ("guardian", "privacy:requests", many_requests),
    ("head", "privacy:queue", many_requests),
    ("guardian", "privacy:asked", many_lines),
    ("head", "privacy:handle", many_lines),
    ("head", "privacy:terms", many_runs),
    ("head", "privacy:run", many_parts),
    ("guardian", "notifications:centre", more_news),
    ("teacher", "lti:activities", many_activities),
    ("pupil", "lti:activities", many_activities),
    ("teacher", "lti:activity", many_results),
    ("teacher", "lti:export", many_results),
    ("teacher", "lti:add", many_tools),
    ("teacher", "lti:choice", many_chosen),
    ("guardian", "signon:services", many_services),
    ("head", "signon:register", many_services),
    ("head", "signon:service", many_classes),
    ("guardian", "federation:links", many_links),
    ("head", "federation:person_links", many_links),
    ("head", "federation:providers", many_providers),
    ("head", "federation:others", many_providers),
    ("guardian", "demo:outbox", many_letters),
    ("secretary", "works:works", many_works),
]
# Lists that have a test of their own below, and pages that show one thing, however large the school.
LISTS_APART = {
    # Names the resources that were chosen: mediacentre/tests/test_pages.py.
    "mediacentre:assign",
    # For whoever runs the platform: scenarios/tests/test_opinions.py, test_qualifying.py.
    "scenarios:cases", "scenarios:case", "scenarios:qualifications", "scenarios:qualification",
    # Thirty entries of a feed: catalogue/tests/test_search.py.
    "catalogue:feed",
    # A hundred records a page: catalogue/tests/test_provider.py, test_open_api.py.
    "catalogue:oai", "portal:api_ressources",
    # Streamed: catalogue/tests/test_sources.py.
    "catalogue:export_harvests", "catalogue:export_problems", "catalogue:export_dead_links", "catalogue:export_misses",
    # Six papers, thirty entries, twenty exercises in a basket, the exercises of one paper: exams/tests/test_exams.py.
    "exams:home", "exams:feed", "exams:suggestions", "exams:basket", "exams:basket_page", "exams:basket_pdf", "exams:training", "exams:paper", "exams:paper_pdf",
    "exams:correction",
    # Each alert of its address is a line: test_follow_ups.py.
    "attendance:letters", "attendance:register_pdf", "attendance:plan_pdf",
    # Forty sheets a lot: test_sending.py.
    "campaigns:letters",
    "attendance:roll", "timetable:patterns", "agenda:feed", "directory:person",
    # Behind a key, by every method: test_caldav.py, test_drive.py.
    "agenda:calendars", "agenda:calendar", "files:drive_bare", "files:drive", "files:in_drive",
    "platform:schools", "platform:deliveries", "identity:class_cards",
    # The cast has no operator: catalogue/tests/test_sources.py.
    "catalogue:sources", "catalogue:source", "catalogue:dead_links", "catalogue:misses",
    # Of an operator: commons/media/tests/test_players.py, catalogue/tests/test_media.py.
    "media:shelf", "catalogue:desk", "catalogue:add",
}  # fmt: skip
ONE_THING = {
    # One resource, and four at most beside it; eight suggestions.
    "catalogue:resource", "catalogue:paper", "catalogue:media", "catalogue:suggestions", "catalogue:change",
    # The facts or one step of a scenario, its publication, one signature.
    "scenarios:review", "scenarios:report", "scenarios:appeal", "scenarios:qualify",
    "scenarios:create", "scenarios:facts", "scenarios:add_step", "scenarios:step", "scenarios:publish", "scenarios:invitation",
    "catalogue:oembed", "catalogue:card", "portal:api_ressource", "catalogue:add_source", "catalogue:change_source",
    # Fifty problems at most, and twenty records.
    "catalogue:harvest",
    # What is said in a film comes in parts: test_players.py.
    "media:send", "media:medium", "media:words", "media:bytes",
    "exams:exercise", "exams:correction_pdf",
    "campaigns:reach",
    "attendance:counting", "attendance:reason", "attendance:announce", "attendance:depart",
    "attention:thresholds", "attention:look", "homework:work", "homework:limits", "homework:hand_in",
    "homework:step", "files:file", "files:glimpse", "agenda:well_known",
    # One resource, and what is transmitted to one site.
    "mediacentre:one",
    # Counts, however many rows they are of; one sentence; one slip.
    "records:emergency", "records:paper", "records:hand_over", "records:printed",
    "conduct:figures", "conduct:tell", "conduct:open_slot", "conduct:slip", "conduct:letter",
    "conduct:responsibility",
    "directory:photo_consent", "directory:pupil_photo", "directory:photo",
    "directory:consent_beside", "directory:family_access", "directory:paper_consent",
    "foundation:alive", "foundation:ready", "foundation:styleguide", "portal:demonstration", "directory:bring",
    "directory:bring_tables", "directory:columns", "directory:acts", "platform:school", "platform:delivery", "identity:pictures",
    "portal:first_visit", "portal:help", "portal:guide", "portal:accessibility", "portal:legal", "portal:privacy", "portal:privacy_house", "portal:register", "portal:state",
    "portal:sitemap", "portal:robots",
    "identity:sign_in", "identity:resume", "identity:activation", "identity:forgotten", "identity:new_password",
    # Twenty keys that open something at most, and those of the last month.
    "identity:keys", "identity:make_key", "portal:api", "portal:openapi",
    # Lists by pages, behind a token: tests/test_api.py.
    "portal:api_moi", "portal:api_agenda", "portal:api_devoirs", "portal:api_notifications",
    # Ten keys at most.
    "identity:second_step", "identity:second_proof", "identity:install_second_proof", "identity:add_passkey", "identity:passkey",
    "privacy:ask", "privacy:add_line", "privacy:change_line", "privacy:answer_line", "privacy:erase",
    "identity:platform_proof", "identity:delay_proof",
    "identity:change_password", "identity:confirm", "identity:everyone_out", "identity:person", "identity:profile", "privacy:own_data", "privacy:register", "identity:reading", "identity:picture",
    "portal:app_manifest", "portal:service_worker", "portal:offline", "attendance:without_network", "foundation:styleguide_section",
    "directory:settings", "directory:invite", "directory:guest", "directory:identity", "directory:look", "directory:hours", "directory:create_period",
    "directory:change_period", "directory:guardianship", "directory:leaver", "directory:pair", "directory:zone", "directory:services", "directory:service", "directory:logo", "directory:school",
    "directory:year_dates", "directory:add_year_class", "directory:switch_year",
    "notifications:item", "notifications:preferences", "notifications:stop",
    "search:search", "agenda:subscription", "signon:create", "signon:change", "signon:secret",
    # A list of another server, by pages, behind a token: commons/lti/tests/test_services.py.
    "lti:change", "lti:tool", "lti:agreement", "lti:authorize", "lti:members", "lti:lines", "lti:line", "lti:results",
    "federation:create", "federation:change", "federation:secret", "federation:provider", "federation:only_ways", "federation:local_door",
    "federation:link", "federation:goodbye", "federation:start", "federation:back",
    "federation:saml", "federation:saml_metadata", "federation:saml_arrival", "federation:saml_logout",
    # A ticket, its person, and nothing that grows.
    "signon:login", "signon:confirm", "signon:logout", "signon:validate", "signon:service_validate", "signon:proxy_validate",
    "signon:p3_service_validate", "signon:p3_proxy_validate", "signon:proxy",
    "signon:oidc_configuration", "signon:oidc_authorize", "signon:oidc_confirm", "signon:oidc_userinfo", "signon:oidc_keys", "signon:oidc_logout",
    "signon:saml_metadata", "signon:saml_sso", "signon:saml_next", "signon:saml_open", "signon:saml_confirm", "signon:saml_logout",
    "signon:saml_leave",
    "timetable:ask", "timetable:cancel", "timetable:create_alternation", "timetable:alternation",
    "timetable:copy_week",
}  # fmt: skip


def test_no_list_is_forgotten_here() -> None:
    """A new page says whether it grows: every route that is read is in one of the three."""
    read = {route.name for route in all_routes() if "GET" in route.methods}
    lists = {name.partition("?")[0] for _, name, _ in LISTS}
    assert read == lists | LISTS_APART | ONE_THING
    assert not ONE_THING & (lists | LISTS_APART)


SHEETS_OF_ONE: dict[str, tuple[Any, str]] = {
    "homework:hand_ins_csv": (own_homework, "pk"),
    "lti:export": (own_activity, "public_id"),
}


def address_of(college: World, name: str) -> str:
    """The address of a page of the table, with its object; « name?query » keeps its query."""
    name, mark, query = name.partition("?")
    page = next((page for page in PAGES if page.name == name), Page(name, frozenset()))
    if name in {"directory:delivery_part", "directory:report_csv", "directory:report_json"}:
        part = {"part": "departs"} if name.endswith("part") else {}
        return reverse(name, kwargs={"pk": Delivery.objects.get(school=college.school).pk, **part})
    if name in {"timetable:import_part", "timetable:import_csv", "timetable:import_json"}:
        part = {"part": "arrivent"} if name.endswith("part") else {}
        return reverse(name, kwargs={"pk": own_timetable(college).pk, **part})
    if name == "campaigns:export":
        return reverse(name, kwargs={"pk": own_campaign(college).pk})
    if name == "homework:book_of_year":
        return reverse(name, kwargs={"pk": own_book(college).pk})
    if name == "events:export":
        return reverse(name, kwargs={"pk": own_event(college).pk})
    if name in SHEETS_OF_ONE:
        find, by = SHEETS_OF_ONE[name]
        return reverse(name, kwargs={by: getattr(find(college), by)})
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
            "timetable:imports",
        ):
            response = client.get(reverse(name))
            assert response.status_code in {200, 403}, (key, name)
            if response.status_code == 200 and not response.streaming:
                assert "Collège neuf" in response.content.decode()
                assert list(faults(response.content.decode())) == []
        # Without a year there is nothing to put lessons in.
        assert client.get(reverse("timetable:create")).status_code == 403
