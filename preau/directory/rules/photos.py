"""Whose agreement a pupil's photo needs, who answers, who sees it, who takes it (docs/decisions/0080)."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from preau.directory.models import Assignment, Enrolment, Group, Guardianship, Person
from preau.directory.models.photos import KEEPERS, PhotoConsent
from preau.directory.models.scoping import active_on
from preau.directory.rules.groups import reads_family, teaches_in
from preau.directory.viewer import Viewer
from preau.directory.words import Authority, Profile

# From this age the pupil answers alone; before, a guardian answers too (RGPD, article 8; loi de 1978, 45).
ALONE_FROM = 15


def needs_guardian(pupil: Person, today: date) -> bool:
    """Before fifteen; whose age is unknown is protected as the youngest."""
    age = pupil.age_on(today)
    return age is None or age < ALONE_FROM


def may_be_shown(own: str, guardians: Iterable[str], *, needs_guardian: bool) -> bool:
    """The pupil agrees; before fifteen a legal guardian too, and none is against. Silence is a refusal."""
    yes, no = PhotoConsent.Answer.YES, PhotoConsent.Answer.NO
    if own != yes:
        return False
    answers = set(guardians)
    return not needs_guardian or (yes in answers and no not in answers)


def answers_for_photo(viewer: Viewer, pupil: Person) -> bool:
    """The pupil; before fifteen, each legal guardian who may follow them, for themselves."""
    if viewer.profile == Profile.PUPIL:
        return viewer.person.pk == pupil.pk
    if not viewer.is_guardian or not needs_guardian(pupil, viewer.today):
        return False
    links = Guardianship.objects.informed(viewer.today).of_another()
    return links.filter(pupil=pupil, guardian=viewer.person.pk, authority=Authority.LEGAL).exists()


def may_be_asked(viewer: Viewer, *_: object) -> bool:
    """Pupils and families are told when a school asks."""
    return viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}


def keeps_photos(viewer: Viewer, *_: object) -> bool:
    """Head, school life and secretary ask for the agreement and put the photos."""
    return viewer.holds(*KEEPERS)


def keeps_photo_of(viewer: Viewer, pupil: Person) -> bool:
    """The same, of a pupil of the school: those who read the family."""
    return reads_family(viewer, pupil)


def sees_faces(viewer: Viewer, group: Group) -> bool:
    """Head, school life and secretary; whoever teaches this class or group today."""
    return keeps_photos(viewer) or teaches_in(viewer, group)


def sees_photo(viewer: Viewer, person: Person) -> bool:
    """The pupil and the guardians who follow them; of the staff, whoever sees the faces of one of their classes or groups."""
    if not viewer.is_staff or keeps_photos(viewer):
        return True
    learning = Enrolment.objects.filter(active_on(viewer.today), pupil=person)
    return taught_by(viewer).filter(group__in=learning.values("group_id")).exists()


def taught_by(viewer: Viewer) -> "QuerySet[Assignment]":
    """What this person teaches in their school today."""
    return Assignment.objects.filter(
        active_on(viewer.today), teacher=viewer.person.pk, school=viewer.school_id
    )
