"""Objects of directory for the tests of pages: one of the cast's own, or many more."""

from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from conftest import NOW
from preau.directory.actions import years
from preau.directory.imports.importer import DELIVERIES, TABLES
from preau.directory.models import (
    Assignment,
    Closure,
    ConsentRequest,
    ContactRequest,
    Correction,
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
    WorkGroup,
    YearPlan,
)
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Authority, Role
from preau.foundation import uploads
from preau.identity.models import Account


def an_operator() -> Person:
    """Somebody who runs the platform, and of whom no school knows."""
    held = Holding.objects.filter(role=Role.OPERATOR).select_related("person").first()
    return held.person if held else Person.objects.create(family_name="Astier", given_name="Lou")


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
        school=college.school,
        brought_by=college.people["secretary"],
        state=Delivery.State.BLOCKED,
        report=report,
        preview={"counts": report["counts"], "lines": lines},
        files=["001_Eleve.xml"],
    )


def own_tables(college: World) -> Delivery:
    """One whose columns are still to be said, with two files."""
    sent = {
        "eleves": SimpleUploadedFile("a.csv", b"Nom;Prenom;Option\nPetit;Anne;Latin\n"),
        "personnels": SimpleUploadedFile("b.csv", b"Nom;Prenom;Fonction\nZola;Emile;Professeur\n"),
    }
    folder, names = uploads.keep_tables(sent, DELIVERIES.folder(), TABLES)
    return Delivery.objects.create(
        school=college.school,
        brought_by=college.people["secretary"],
        state=Delivery.State.MATCHING,
        source="tableau",
        folder=folder,
        files=names,
    )


def a_delivery_for_many(college: World) -> Delivery:
    """Brought by the operator, and held back for the school of the test."""
    blocked = {"uai": college.uai, "name": college.school_name, "ending": 40, "present": 90}
    report = {"counts": {"departures": 40}, "quarantined": [], "quarantined_count": 2, "blocked": [blocked]}
    return Delivery.objects.create(state=Delivery.State.BLOCKED, report=report, files=["001_Eleve.xml"])


def own_school(college: World) -> School:
    return college.school


def own_period(college: World) -> Period:
    return Period.objects.filter(year=college.year)[0]


def own_link(college: World) -> Guardianship:
    return Guardianship.objects.get(pupil=college.people["pupil"], guardian=college.people["other_guardian"])


def many_contact_requests(college: World, count: int) -> ContactRequest | None:
    """`count` parents more, each of whom asks for another telephone."""
    made = None
    for _number in range(count):
        parent = Person.objects.create(family_name=f"Demandeur {Person.objects.count()}", given_name="Ada")
        Guardianship.objects.create(
            pupil=college.people["pupil"], guardian=parent, authority=Authority.LEGAL, kinship="parent"
        )
        made = ContactRequest.objects.create(
            school=college.school, person=parent, field="phone", value="06 11 22 33 44", asked_at=NOW
        )
    return made


def own_contact_request(college: World) -> ContactRequest | None:
    return ContactRequest.objects.filter(school=college.school).first() or many_contact_requests(college, 1)


def many_corrections(college: World, count: int) -> Any:
    """`count` pupils more, of each of whom the school says a telephone."""
    for number in range(count):
        pupil = Person.objects.create(family_name=f"Corrigé {Person.objects.count()}", given_name="Ada")
        Holding.objects.create(person=pupil, role=Role.PUPIL, school=college.school)
        Correction.objects.create(
            school=college.school,
            person=pupil,
            field="phone",
            value=f"06 11 22 33 {number:02}",
            told="02 99 00 00 01",
            by=college.people["secretary"],
            at=NOW,
        )


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
            person=person,
            role=Role.AGENT,
            school=college.school,
            ends=NOW.date() + timedelta(days=30),
            given_by=head,
            scope={"lists": {"until": "2026-12-23", "by": head.pk}},
        )
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


def class_to_place(college: World) -> Group:
    prepared(college)
    return own_class(college)


def own_year(college: World) -> SchoolYear:
    return college.year


def colleague(college: World) -> dict[str, str]:
    """Somebody to compare the cast's pupil with."""
    return {"other": college.people["teacher"].public_id}


def many_groups(college: World, count: int) -> None:
    """`count` groups more, each with a teacher and the class that it draws from."""
    for _ in range(count):
        group = Group.objects.create(
            school=college.school,
            year=college.year,
            kind=Group.Kind.GROUP,
            name=f"Groupe {Group.objects.count()}",
        )
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


def of_head(college: World) -> Any:
    return viewer_for(college.people["head"], 0, NOW, f"staff-{college.school.pk}")


def many_rooms(college: World, count: int) -> None:
    for _ in range(count):
        Room.objects.create(school=college.school, name=f"Salle {Room.objects.count()}")


def many_subjects(college: World, count: int) -> None:
    for number in range(count):
        Subject.objects.create(
            school=college.school, code=f"{count}-{number}", name=f"Matière {count} {number}"
        )


def many_deliveries(college: World, count: int) -> None:
    """`count` deliveries more, each with its share of the school."""
    for number in range(count):
        delivery = Delivery.objects.create(
            school=college.school if number % 2 else None,
            brought_by=college.people["secretary"],
            state=Delivery.State.DONE,
        )
        DeliveryShare.objects.create(delivery=delivery, school=college.school, counts={"arrivals": number})


def many_classes(college: World, count: int) -> None:
    """`count` classes more, each with a pupil."""
    for _ in range(count):
        group = Group.objects.create(
            school=college.school,
            year=college.year,
            kind=Group.Kind.CLASS,
            name=f"Classe {Group.objects.count()}",
        )
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


def many_notes(college: World, count: int) -> None:
    """`count` lines set aside and people leaving more, in the delivery that waits."""
    delivery = Delivery.objects.filter(school=college.school).first() or own_delivery(college)
    for number in range(count):
        note = {"file": "001_Eleve.xml", "line": number, "key": str(number), "reason": f"Doute {number}."}
        delivery.report["quarantined"].append(note)
        delivery.report["sentences"]["quarantined"].append([note["reason"], 1])
        delivery.preview["lines"]["departures"].append({"name": f"ABADIE {number}", "detail": "Élève"})
    delivery.save()


def many_closures(college: World, count: int) -> None:
    for _ in range(count):
        day = NOW.date() + timedelta(days=Closure.objects.count())
        Closure.objects.create(school=college.school, name=f"Pont du {day}", starts=day, ends=day)


def many_periods(college: World, count: int) -> None:
    for _ in range(count):
        Period.objects.create(
            school=college.school,
            year=college.year,
            name=f"Période {Period.objects.count()}",
            starts=college.year.starts,
            ends=college.year.ends,
        )


def many_work_groups(college: World, count: int) -> None:
    """`count` groups of work more, of the cast's teacher, in the class of the cast's pupil."""
    group = own_class(college)
    pupils = list(Person.objects.filter(enrolments__group=group)[:3])
    for number in range(count):
        made = WorkGroup.objects.create(
            school=college.school,
            group=group,
            owner=college.people["teacher"],
            name=f"Îlot {WorkGroup.objects.count()} {number}",
            kept_at=NOW,
        )
        made.pupils.set(pupils)
