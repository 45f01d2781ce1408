"""Objects of spaces for the tests of pages: one of the cast's own, or many more."""

from datetime import timedelta
from typing import Any

from conftest import NOW
from preau.commons.documents.models import Document
from preau.commons.documents.tests.props import a_document
from preau.directory.models import Assignment, Enrolment, Group, Person, Subject
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.domains.spaces.actions.gathering import gather
from preau.domains.spaces.models import (
    Announcement,
    Attendance,
    Call,
    Card,
    Column,
    Definition,
    Kept,
    Meeting,
    OpeningHours,
    Party,
    Question,
    Report,
    Resource,
    Space,
)
from preau.domains.spaces.queries.papers import KIND
from preau.identity.codes import digest_of

CODE = "KQ7M-3XWD-9RTA"


def own_teaching(college: World) -> Space:
    """The space of what the cast's teacher teaches to the class of the cast's pupil, with one of each thing in it."""
    group, teacher = own_class(college), college.people["teacher"]
    gather(college.school.pk, NOW.date())
    rows = Assignment.objects.filter(group=group, teacher=teacher, subject__isnull=False).order_by("pk")
    subject = rows.values_list("subject_id", flat=True).first()
    if subject is None:
        subject = Subject.objects.filter(school=college.school).order_by("pk").values_list("pk", flat=True)[0]
        Assignment.objects.create(school=college.school, group=group, teacher=teacher, subject_id=subject)
        gather(college.school.pk, NOW.date())
    return Space.objects.get(group=group, subject=subject)


def own_group_space(college: World) -> Space:
    gather(college.school.pk, NOW.date())
    return Space.objects.get(kind="group", group=own_class(college))


def own_project(college: World) -> Space:
    """A project run by the cast's teacher, with the class of the cast's pupil."""
    known = Space.objects.filter(school=college.school, kind="project", title="Projet de la classe").first()
    if known is None:
        known = Space.objects.create(
            school=college.school,
            year=college.year,
            kind="project",
            title="Projet de la classe",
            search_title="projet de la classe",
            last_day=college.year.ends,
            made_by=college.people["teacher"],
            made_at=NOW,
        )
        for who, power in [
            ({"person": college.people["teacher"]}, "run"),
            ({"group": own_class(college)}, "write"),
        ]:
            Party.objects.create(space=known, school=college.school, power=power, added_at=NOW, **who)
    return known


def own_party(college: World) -> Party:
    return own_project(college).parties.get(group=own_class(college))


def a_classmate(college: World) -> Person:
    rows = Enrolment.objects.filter(group=own_class(college)).exclude(pupil=college.people["pupil"])
    return Person.objects.get(pk=rows.order_by("pk").values_list("pupil_id", flat=True)[0])


def a_question(space: Space, by: Person, text: str = "Comment fait-on\u202f?", **facts: Any) -> Question:
    made: Question = Question.objects.create(
        **{"space": space, "by": by, "text": text, "at": NOW, "shown_at": NOW, "told_at": NOW} | facts
    )
    return made


def own_question(college: World) -> Question:
    """A question of the cast's pupil, which waits."""
    space = own_teaching(college)
    known = (
        Question.objects.filter(space=space, by=college.people["pupil"], removed_at=None)
        .order_by("pk")
        .first()
    )
    return known or a_question(space, college.people["pupil"])


def own_announcement(college: World) -> Announcement:
    space = own_teaching(college)
    known = Announcement.objects.filter(space=space, by=college.people["teacher"], text="Un mot").first()
    return known or Announcement.objects.create(
        space=space, text="Un mot", by=college.people["teacher"], at=NOW
    )


def own_column(college: World) -> Column:
    space = own_teaching(college)
    known = Column.objects.filter(space=space, title="Vide").first()
    return known or Column.objects.create(space=space, title="Vide", rank=90)


def own_card(college: World) -> Card:
    """A card of the cast's pupil, between two columns."""
    space = own_teaching(college)
    known = Card.objects.filter(
        space=space, by=college.people["pupil"], text="Ma carte", removed_at=None
    ).first()
    if known is None:
        first = Column.objects.create(space=space, title="Gauche", rank=50)
        Column.objects.create(space=space, title="Droite", rank=51)
        known = Card.objects.create(
            space=space, column=first, text="Ma carte", rank=1, by=college.people["pupil"], at=NOW
        )
    return known


def own_definition(college: World) -> Definition:
    space = own_teaching(college)
    known = Definition.objects.filter(space=space, word="Quotient", removed_at=None).first()
    return known or Definition.objects.create(
        space=space,
        word="Quotient",
        search_word="quotient",
        text="Ce qu’on obtient en divisant.",
        by=college.people["pupil"],
        at=NOW,
    )


def own_resource(college: World) -> Resource:
    space = own_teaching(college)
    known = Resource.objects.filter(space=space, address="https://exemple.fr/").first()
    return known or Resource.objects.create(
        space=space,
        kind="link",
        title="Un lien",
        address="https://exemple.fr/",
        by=college.people["teacher"],
        at=NOW,
    )


def own_report(college: World) -> Report:
    question = own_question(college)
    known = Report.objects.filter(question=question, settled_at=None).first()
    return known or Report.objects.create(
        space=question.space, question=question, by=a_classmate(college), words="Ce n’est pas gentil.", at=NOW
    )


def own_kept(college: World) -> Kept:
    known = Kept.objects.filter(pupil=college.people["pupil"], title="Mon exposé").first()
    return known or Kept.objects.create(
        pupil=college.people["pupil"],
        school=college.school,
        title="Mon exposé",
        said="J’en suis fière.",
        year="2026-2027",
        to_teachers=True,
        to_guardians=True,
        at=NOW,
    )


def own_shown_pupil(college: World) -> Person:
    return own_kept(college).pupil


def a_call(college: World) -> Call:
    space = own_project(college)
    known = Call.objects.filter(space=space).first()
    return known or Call.objects.create(
        space=space,
        digest=digest_of(CODE),
        made_by=college.people["teacher"],
        made_at=NOW,
        until=NOW + timedelta(days=7),
    )


def open_from(space: Space, starts: int, ends: int, *days: int) -> None:
    """Its hours, in minutes of these days of the week."""
    OpeningHours.objects.filter(space=space).delete()
    for day in days or range(1, 8):
        OpeningHours.objects.create(space=space, weekday=day, starts=starts, ends=ends)


def own_meeting(college: World) -> Meeting:
    """A virtual class that is open."""
    space = own_teaching(college)
    known = Meeting.objects.filter(space=space, title="Révisions").first()
    return known or Meeting.objects.create(
        space=space,
        title="Révisions",
        starts=NOW + timedelta(hours=1),
        ends=NOW + timedelta(hours=2),
        made_by=college.people["teacher"],
        made_at=NOW,
        opened_at=NOW,
    )


# Many more


def many_spaces(college: World, count: int) -> None:
    """`count` projects more, that the cast's teacher runs and the class of the cast's pupil is in."""
    group, teacher = own_class(college), college.people["teacher"]
    number = Space.objects.count()
    made = Space.objects.bulk_create(
        Space(
            school=college.school,
            year=college.year,
            kind="project",
            title=f"Projet {number + one}",
            search_title=f"projet {number + one}",
            last_day=college.year.ends,
            made_at=NOW,
        )
        for one in range(count)
    )
    Party.objects.bulk_create(
        Party(space=space, school=college.school, power="run", person=teacher, added_at=NOW) for space in made
    )
    Party.objects.bulk_create(
        Party(space=space, school=college.school, group=group, added_at=NOW) for space in made
    )


def many_in_space(college: World, count: int) -> None:
    """`count` more of each thing in the space of the cast's teaching."""
    space, pupil, teacher = own_teaching(college), college.people["pupil"], college.people["teacher"]
    column = own_column(college)
    number = Question.objects.count()
    for one in range(number, number + count):
        question = a_question(space, a_classmate(college), f"Question {one}\u202f?")
        Report.objects.create(space=space, question=question, by=pupil, words=f"Raison {one}", at=NOW)
        Announcement.objects.create(space=space, text=f"Annonce {one}", by=teacher, at=NOW)
        Card.objects.create(space=space, column=column, text=f"Carte {one}", rank=one + 1, by=pupil, at=NOW)
        Definition.objects.create(
            space=space, word=f"Mot {one}", search_word=f"mot {one}", text="…", by=pupil, at=NOW
        )
        Resource.objects.create(
            space=space,
            kind="link",
            title=f"Lien {one}",
            address=f"https://exemple.fr/{one}/",
            by=teacher,
            at=NOW,
        )
        Meeting.objects.create(
            space=space,
            title=f"Classe {one}",
            starts=NOW,
            ends=NOW + timedelta(hours=1),
            made_by=teacher,
            made_at=NOW,
        )


def many_who_came(college: World, count: int) -> None:
    """`count` people more came to the virtual class."""
    meeting = own_meeting(college)
    for _ in range(count):
        person = Person.objects.create(family_name=f"Venante {Person.objects.count()}", given_name="Ana")
        Attendance.objects.create(meeting=meeting, person=person, came_at=NOW, last_at=NOW)


def many_parties(college: World, count: int) -> None:
    """`count` people more in the project."""
    space = own_project(college)
    for _ in range(count):
        person = Person.objects.create(family_name=f"Venante {Person.objects.count()}", given_name="Ana")
        Party.objects.create(space=space, school=college.school, person=person, added_at=NOW)


def many_papers(college: World, count: int) -> None:
    """`count` documents more in the space of the cast's teaching."""
    space, pupil = own_teaching(college), college.people["pupil"]
    known = Document.objects.count()
    for rank in range(count):
        a_document(college.school, f"Texte {known + rank}", pupil, kind=KIND, place=space.pk)


def many_kept(college: World, count: int) -> None:
    pupil = college.people["pupil"]
    own_kept(college)
    for _ in range(count):
        Kept.objects.create(
            pupil=pupil,
            school=college.school,
            title=f"Chose {Kept.objects.count()}",
            text="…",
            year="2026-2027",
            to_teachers=True,
            to_guardians=True,
            at=NOW,
        )


def a_group(college: World, name: str) -> Group:
    made: Group = Group.objects.create(school=college.school, year=college.year, kind="class", name=name)
    return made
