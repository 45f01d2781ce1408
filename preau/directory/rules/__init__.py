"""Who may keep the directory, and what a delivery may do by itself."""

from datetime import date

from django.db.models import Q

from preau.directory.models import Delivery, Guardianship, Holding, Person
from preau.directory.models.scoping import active_on
from preau.directory.rules.authority import MAJORITY
from preau.directory.viewer import Viewer
from preau.directory.words import DIRECTORY, Profile, Role

FEWEST = 20
SHARE = 10


def keeps_directory(viewer: Viewer, *_: object) -> bool:
    """Head and secretary, and whoever was given it, bring official files and read what they changed."""
    return viewer.has_power(DIRECTORY)


def exports_directory(viewer: Viewer, *_: object) -> bool:
    """Head and secretary take the directory of their school away: one file holds every family of it. It is not given on."""
    return viewer.holds(Role.HEAD, Role.SECRETARY)


def decides_on(viewer: Viewer, delivery: Delivery) -> bool:
    """Whoever keeps the directory, of what was brought for their own school; of a larger delivery, nobody here."""
    return keeps_directory(viewer) and delivery.school_id == viewer.school_id


def is_second_for(viewer: Viewer, delivery: Delivery) -> bool:
    """A large departure asks for a second person, who directs the school or keeps its directory by function."""
    return (
        viewer.holds(Role.HEAD, Role.SECRETARY)
        and decides_on(viewer, delivery)
        and delivery.brought_by_id != viewer.person.pk
    )


def may_name_columns(viewer: Viewer, delivery: Delivery) -> bool:
    """Of a school's own tables, before they are read."""
    return decides_on(viewer, delivery) and delivery.state == Delivery.State.MATCHING


def may_apply(viewer: Viewer, delivery: Delivery) -> bool:
    """Nothing holds it back."""
    return decides_on(viewer, delivery) and delivery.state == Delivery.State.PREVIEW


def may_approve(viewer: Viewer, delivery: Delivery) -> bool:
    return is_second_for(viewer, delivery) and delivery.state == Delivery.State.BLOCKED


def may_drop(viewer: Viewer, delivery: Delivery) -> bool:
    """As long as nothing is being written: a wrong file need not be read to its end."""
    early = {Delivery.State.RECEIVED, Delivery.State.READING}
    return decides_on(viewer, delivery) and (delivery.is_waiting or delivery.state in early)


def ends_too_many(ending: int, present: int) -> bool:
    """Would a delivery end more than 10 % and at least 20 of the people of a school? (docs/decisions/0045)"""
    return ending >= FEWEST and ending * 100 > present * SHARE


def approves(person: Person, uai: str, today: date) -> bool:
    """May this person agree to a large departure from this school? Those who keep its directory, and operators."""
    held = Holding.objects.filter(active_on(today), person=person)
    here = Q(role__in=[Role.HEAD, Role.SECRETARY], school__uai=uai)
    return held.filter(here | Q(role=Role.OPERATOR)).exists()


def reads_families(viewer: Viewer, *_: object) -> bool:
    """Who reads guardians, their contact details and what is said of them: head, school life, who keeps the directory."""
    return viewer.holds(Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY) or viewer.was_given(DIRECTORY)


def keeps_family(viewer: Viewer, link: Guardianship) -> bool:
    """Who notes a judge's decision about a guardian: head and secretary, never in their own family; it is not given on."""
    if not viewer.holds(Role.HEAD, Role.SECRETARY) or link.pupil_id == link.guardian_id:
        return False
    own = Guardianship.objects.active(viewer.today).filter(pupil=link.pupil_id, guardian=viewer.person.pk)
    return viewer.person.pk != link.guardian_id and not own.exists()


def follows_pupil(viewer: Viewer, *_: object) -> bool:
    """Who reads a pupil's date of birth: those who keep their file, the nurse, the pupil and the family."""
    return not viewer.is_staff or reads_families(viewer) or viewer.holds(Role.NURSE)


def finds_pupils(viewer: Viewer, *_: object) -> bool:
    """Staff whose function is about pupils; families, their own children."""
    return viewer.works_with_pupils or viewer.is_guardian


def finds_staff(viewer: Viewer, *_: object) -> bool:
    return viewer.is_staff


def reads_person(viewer: Viewer, person: Person) -> bool:
    """Oneself and one's children; for staff, whoever learns or works in the school. A parent's page is for named roles."""
    if not viewer.is_staff or reads_families(viewer) or viewer.person.pk == person.pk:
        return True
    return Holding.objects.in_school(viewer).filter(active_on(viewer.today), person=person).exists()


def reads_acts(viewer: Viewer, person: Person) -> bool:
    """Who reads whom to ask about a pupil: those who read families; a guardian, or a pupil of age, their own part."""
    if viewer.is_staff:
        learns = Holding.objects.in_school(viewer).filter(active_on(viewer.today), role=Role.PUPIL)
        return reads_families(viewer) and learns.filter(person=person).exists()
    if viewer.profile == Profile.PUPIL:
        return person.pk == viewer.person.pk and (person.age_on(viewer.today) or 0) >= MAJORITY
    return person.pk in viewer.own_pupils()


def reads_acts_of_own(viewer: Viewer, *_: object) -> bool:
    """Who reads whom to ask about the pupils whose record they open: as `reads_acts` says of each."""
    if viewer.profile == Profile.PUPIL:
        return (viewer.person.age_on(viewer.today) or 0) >= MAJORITY
    return reads_families(viewer) or viewer.is_guardian


def reads_record(viewer: Viewer, *_: object) -> bool:
    """Whoever opens the record of a pupil reads who they are: staff whose function is about pupils, the pupil and the family."""
    return viewer.works_with_pupils or viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}


def has_school_days(viewer: Viewer, *_: object) -> bool:
    """Whoever works or learns in a school, and the families: its days are theirs."""
    return viewer.profile in {Profile.STAFF, Profile.PUPIL, Profile.GUARDIAN}
