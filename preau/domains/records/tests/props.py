"""Objects of records for the tests of pages: one of the cast's own, or many more."""

from datetime import date

from conftest import NOW
from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import of_head
from preau.directory.words import Role
from preau.domains.records.actions import access, hanging, writing
from preau.domains.records.models import Measure, Orphan, Paper, Protocol, Record, Words
from preau.domains.records.models.records import new_address
from preau.foundation import journal


def own_record(college: World) -> Record:
    """A PAI of the cast's pupil, opened by the head, that the CPE reads."""
    known = Record.objects.filter(school=college.school, pupil=college.people["pupil"], kind="pai").first()
    if known:
        return known
    words = writing.RecordWords(
        Words("Allergie.", "Panier-repas.", "Préviens un adulte.", "Appeler le 15."), date(2027, 9, 1), True
    )
    record = writing.open_record(of_head(college), college.people["pupil"], "pai", words)
    access.add_reader(of_head(college), record, college.people["cpe"], "team", None)
    return record


def own_protocol(college: World) -> Protocol:
    return Protocol.objects.get(pk=own_record(college).pk)


def own_orphan(college: World) -> Orphan:
    """One that nobody opens any more."""
    known = Orphan.objects.filter(school=college.school, kind="pap", readers=None).first()
    if known:
        return known
    words = writing.RecordWords(Words("Lecture lente.", "Consignes relues.", "", ""), date(2027, 9, 1), False)
    made = writing.open_record(of_head(college), college.people["pupil"], "pap", words)
    made.readers.all().delete()
    return Orphan.objects.get(pk=made.pk)


def many_records(college: World, count: int) -> None:
    """`count` plans more of the cast's pupil, and as many that nobody opens."""
    for _ in range(count):
        words = writing.RecordWords(
            Words("Allergie.", "Panier.", "", "Appeler le 15."), date(2027, 9, 1), True
        )
        record = writing.open_record(of_head(college), college.people["pupil"], "pps", words)
        hanging.add_measure(of_head(college), record, f"Mesure {record.pk}", NOW.date(), None)
        record.pk = None
        record.public_id, record.kind = new_address(), "ppre"
        record.save()


def many_versions(college: World, count: int) -> None:
    """`count` versions more of the record of the page, each read once."""
    for _ in range(count):
        record = Record.objects.get(pk=own_record(college).pk)
        words = writing.RecordWords(Words("Allergie.", f"Version {record.revision}."), date(2027, 9, 1))
        writing.revise(of_head(college), record, words, record.revision)
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
