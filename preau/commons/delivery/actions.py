"""Changing the hours of a school, or one's own."""

from preau.commons.delivery.models import PersonPolicy


def forget_hours(person_id: int) -> int:
    """Erase the hours of a person."""
    return PersonPolicy.objects.filter(person_id=person_id).delete()[0]
