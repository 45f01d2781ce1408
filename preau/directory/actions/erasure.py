"""Erasing a person: what each table of the directory lets go of (docs/decisions/0075)."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from preau.directory.models import Distinction, ErasureNotice, ExternalId, Guardianship, Hold, Holding, Person
from preau.directory.words import Kinship
from preau.foundation.locks import lock


@transaction.atomic
def blank_person(person_id: int) -> int:
    """Erase a person's civil identity and keep the row, so that what they signed keeps an author (docs/decisions/0017).

    Returns the number of rows changed. What other domains hold is erased by their own `forget`.
    """
    gone = ExternalId.objects.filter(person_id=person_id).delete()[0]
    person = lock(Person, person_id)
    person.family_name = "Personne effacée"
    for name in ("given_name", "birth_name", "civil_given_names", "email", "phone", "civility"):
        setattr(person, name, "")
    person.birth_date, person.erased_at = None, timezone.now()
    person.save()
    return gone + 1


@transaction.atomic
def blank_holdings(person_id: int) -> int:
    """Where and when somebody had a role stays: the journal says in which role a file was read. Words of theirs go."""
    held = Holding.objects.filter(person_id=person_id).exclude(title="", programme="", scope={})
    return held.update(title="", programme="", scope={})


@transaction.atomic
def forget_links(person_id: int) -> int:
    """The links of a guardian go. Of an erased pupil's, only the two ends and the dates stay, as long as the guardian is here:
    they say since when the guardian follows nobody."""
    gone = Guardianship.objects.filter(
        Q(guardian=person_id) | Q(pupil=person_id, guardian__erased_at__isnull=False)
    ).delete()[0]
    left = Guardianship.objects.filter(pupil=person_id).update(
        kinship=Kinship.OTHER,
        contact_priority=None,
        lives_with=None,
        pays=None,
        receives_aid=None,
        may_not_be_informed=False,
        ruled_on=None,
    )
    return gone + left


def forget_holds(person_id: int) -> int:
    """Why somebody was kept longer goes with them."""
    return Hold.objects.filter(person_id=person_id).delete()[0]


def forget_distinctions(person_id: int) -> int:
    """From whom somebody was told apart goes with them."""
    return Distinction.objects.filter(Q(one=person_id) | Q(other=person_id)).delete()[0]


def forget_notice(person_id: int) -> int:
    return ErasureNotice.objects.filter(person_id=person_id).delete()[0]
