"""Whose data may a viewer read as their own?"""

from preau.directory.models import Guardianship, Person
from preau.directory.viewer import Viewer
from preau.directory.words import Authority

MAJORITY = 18


def has_data(viewer: Viewer, *_: object) -> bool:
    """Everyone with an account."""
    return True


def children_of(viewer: Viewer) -> list[Person]:
    """The minors for whom this person answers before the law, whatever the seat; from eighteen, a pupil asks for themselves."""
    held = Guardianship.objects.informed(viewer.today).of_another()
    held = held.filter(guardian_id=viewer.person.pk, authority=Authority.LEGAL).select_related("pupil")
    pupils = [one.pupil for one in held.order_by("pupil__search_name", "pupil_id")]
    return [one for one in pupils if one.birth_date and (one.age_on(viewer.today) or 0) < MAJORITY]
