"""Objects of the house for the tests of pages."""

from datetime import timedelta
from typing import Any

from conftest import NOW
from preau.directory.models import Assignment, Enrolment, Group, Holding, Period, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.gradebook.tests.scene import charge_of, class_of, period_of
from preau.domains.report_cards.models import Appreciation, Council, Decision, Phrase, ReportCard, Suggestion


def own_class(college: World) -> Group:
    """The class of the cast's pupil, that the cast's teacher leads and teaches, and which other teachers have not."""
    charge_of(college)
    group = class_of(college)
    teachers = [college.people[key] for key in ("teacher_1",) if key in college.people]
    Assignment.objects.filter(group=group, teacher__in=teachers).delete()
    Assignment.objects.filter(group=group, kind=Assignment.Kind.HEAD_TEACHER).exclude(
        teacher=college.people["teacher"]
    ).delete()
    Assignment.objects.get_or_create(
        school=college.school,
        group=group,
        teacher=college.people["teacher"],
        kind=Assignment.Kind.HEAD_TEACHER,
        ends=None,
    )
    return group


def open_class(college: World) -> Group:
    """The same, whose council goes on: its texts may be written."""
    group = own_class(college)
    Council.objects.filter(group=group).update(held_at=None, held_by=None)
    return group


def own_card(college: World) -> ReportCard:
    """The bulletin of the cast's pupil, that families read since yesterday."""
    group, period = own_class(college), period_of(college)
    known = ReportCard.objects.filter(pupil=college.people["pupil"], period=period).first()
    if known:
        return known
    made: ReportCard = ReportCard.objects.create(
        school=college.school,
        group=group,
        period=period,
        pupil=college.people["pupil"],
        number=1,
        content=content_named(college.people["pupil"]),
        digest="0" * 64,
        made_at=NOW,
        made_by=college.people["head"],
        published_at=NOW - timedelta(days=1),
        told_at=NOW,
    )
    return made


def content_named(pupil: Any, text: str = "Un trimestre solide.") -> dict[str, Any]:
    """The least that a bulletin says."""
    return {
        "form": 1,
        "school": "Collège",
        "uai": "0350000A",
        "year": "2026-2027",
        "period": "Trimestre 1",
        "class": "5e B",
        "given_name": pupil.given_name,
        "family_name": pupil.family_name,
        "general": "12",
        "class_general": "",
        "subjects": [],
        "text": text,
        "by": "",
        "life": "",
        "life_by": "",
        "distinction": "",
        "missed": None,
    }


def many_cards(college: World, count: int) -> None:
    """`count` periods more, each with a bulletin of the cast's pupil."""
    first = own_card(college)
    for number in range(count):
        period = Period.objects.create(
            school=college.school,
            year=college.year,
            name=f"Bilan {Period.objects.count()}",
            starts=first.period.starts,
            ends=first.period.starts + timedelta(days=number),
        )
        ReportCard.objects.create(
            school=college.school,
            group=first.group,
            period=period,
            pupil=first.pupil,
            number=1,
            content=first.content,
            digest=first.digest,
            made_at=NOW,
            made_by=first.made_by,
            published_at=NOW - timedelta(days=1),
            told_at=NOW,
        )


def own_text(college: World) -> Appreciation:
    """What the cast's teacher has written of the cast's pupil, whose council goes on."""
    group, period, charge = open_class(college), period_of(college), charge_of(college)
    made: Appreciation = Appreciation.objects.update_or_create(
        period=period,
        pupil=college.people["pupil"],
        kind=Appreciation.Kind.SUBJECT,
        subject=charge.subject,
        defaults={
            "school": college.school,
            "group": group,
            "text": "Un trimestre solide.",
            "changed_by": college.people["teacher"],
        },
    )[0]
    return made


def own_suggestion(college: World) -> Suggestion:
    """A correction of it, that the head suggests."""
    text = own_text(college)
    made: Suggestion = Suggestion.objects.get_or_create(
        appreciation=text,
        state=Suggestion.State.WAITING,
        defaults={
            "school": college.school,
            "pupil": college.people["pupil"],
            "former": text.text,
            "based_on": text.version,
            "text": "Un trimestre très solide.",
            "by": college.people["head"],
            "at": NOW,
        },
    )[0]
    return made


def many_suggestions(college: World, count: int) -> None:
    """`count` corrections more of the same text, that its author has answered."""
    first = own_suggestion(college)
    Suggestion.objects.bulk_create(
        Suggestion(
            school=college.school,
            appreciation=first.appreciation,
            pupil=first.pupil,
            former=first.former,
            based_on=first.based_on,
            text=f"Un trimestre très solide, {number}.",
            state=Suggestion.State.REFUSED,
            by=college.people["head"],
            at=NOW,
            answered_by=college.people["teacher"],
            answered_at=NOW,
        )
        for number in range(count)
    )


def many_councils(college: World, count: int) -> None:
    """`count` classes more, each with a pupil whom its council has seen."""
    period = period_of(college)
    for _ in range(count):
        number = Group.objects.count()
        group = Group.objects.create(
            school=college.school, year=college.year, kind=Group.Kind.CLASS, name=f"Classe {number}"
        )
        pupil = Person.objects.create(family_name=f"Nouveau {number}", given_name="Noé")
        Enrolment.objects.create(school=college.school, group=group, pupil=pupil, starts=college.year.starts)
        Holding.objects.create(school=college.school, person=pupil, role=Role.PUPIL)
        council = Council.objects.create(school=college.school, group=group, period=period)
        Decision.objects.create(council=council, pupil=pupil, by=college.people["head"])


def many_phrases(college: World, count: int) -> None:
    """`count` phrases more of the cast's teacher."""
    before = Phrase.objects.count()
    Phrase.objects.bulk_create(
        Phrase(school=college.school, owner=college.people["teacher"], text=f"Phrase {before + number}.")
        for number in range(count)
    )
