"""An enrolment made by mistake is taken back whole, as long as nobody has written anything about the pupil."""

from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import IntegerField, QuerySet, Value

from preau.directory.actions import departures
from preau.directory.models import Correction, Enrolment, ExternalId, Guardianship, Holding, Person, School
from preau.directory.rules.office import enrolled_by_hand
from preau.directory.viewer import Viewer
from preau.foundation import boards, journal
from preau.foundation.boards import PersonalData, Section
from preau.foundation.locks import lock

# What an enrolment writes by itself is of the directory; there, only these are somebody's word or work.
OWN_WORDS = {"directory.Consent", "directory.PhotoConsent", "directory.PupilPhoto"}
COUNTED = {Section.SCHOOLING, Section.SCHOOL_LIFE, Section.WORK, Section.PERMISSIONS}


class AlreadyWritten(Exception):
    """Others have written about the pupil: `labels` says what, in the words of the register."""

    def __init__(self, labels: list[str]) -> None:
        super().__init__()
        self.labels = labels


def _counts(entry: PersonalData) -> bool:
    house = entry.model.split(".")[0]
    if not entry.person or house == "directory":
        return entry.model in OWN_WORDS
    sections = {words.model: words.section for words in boards.data_in_words if words.section}
    return (sections.get(entry.model) or sections.get(house)) in COUNTED


def written_about(person: Person) -> list[str]:
    """The tables that hold something of this person, whatever the house (one statement)."""
    entries = [entry for entry in boards.personal_data if _counts(entry)]
    rows: list[QuerySet[Any, Any]] = [
        QuerySet(apps.get_model(entry.model))
        .filter(**{entry.person: person.pk})
        .order_by()
        .values_list(Value(number, IntegerField()))
        for number, entry in enumerate(entries)
    ]
    first, *others = rows
    return sorted({str(entries[number].label) for (number,) in first.union(*others)})


@transaction.atomic
def withdraw_enrolment(viewer: Viewer, correction: Correction) -> bool:
    """Erase the pupil, their account and the guardians written down for them alone. False when it was done already.

    Raises AlreadyWritten.
    """
    lock(School, viewer.school_id)
    row = Correction.objects.filter(pk=correction.pk, field=Correction.Kind.ENROLMENT).first()
    if row is None or not enrolled_by_hand(viewer).filter(person=row.person_id).exists():
        return False
    pupil = lock(Person, row.person_id)
    if labels := written_about(pupil):
        raise AlreadyWritten(labels)
    guardians = _for_this_pupil_alone(viewer, pupil)
    journal.record(viewer, "directory.enrolment_withdrawn", pupil, subject_id=pupil.pk)
    Guardianship.objects.filter(pupil=pupil).delete()
    for person in [*guardians, pupil]:
        departures.erase_again(person.pk)
    Enrolment.objects.filter(pupil=pupil).delete()
    Holding.objects.filter(person=pupil).delete()
    return True


def _for_this_pupil_alone(viewer: Viewer, pupil: Person) -> list[Person]:
    """The guardians that the enrolment made: nothing else here, nor elsewhere, is theirs."""
    made = Person.objects.filter(
        wards__pupil=pupil, corrections__school=viewer.school_id, corrections__field=Correction.Kind.ENROLMENT
    )
    held = Holding.objects.values("person_id")
    others = Guardianship.objects.exclude(pupil=pupil).values("guardian_id")
    filed = ExternalId.objects.filter(kind="person").values("person_id")
    made = made.exclude(pk__in=held).exclude(pk__in=others).exclude(pk__in=filed)
    return [person for person in made.distinct() if not written_about(person)]
