"""Erasing a person."""

from django.db import transaction
from django.utils import timezone

from preau.directory.models import ExternalId, Person


@transaction.atomic
def blank_person(person_id: int) -> int:
    """Erase a person's civil identity and keep the row, so that what they signed keeps an author (docs/decisions/0017).

    Returns the number of rows changed. What other domains hold is erased by their own `forget`.
    """
    gone = ExternalId.objects.filter(person_id=person_id).delete()[0]
    person = Person.objects.select_for_update().get(pk=person_id)
    person.family_name = "Personne effacée"
    for name in ("given_name", "birth_name", "civil_given_names", "email", "phone", "civility"):
        setattr(person, name, "")
    person.birth_date, person.erased_at = None, timezone.now()
    person.save()
    return gone + 1
