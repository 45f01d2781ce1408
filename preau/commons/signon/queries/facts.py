"""What a service receives about somebody: what it asks, the school agreed to, and this person has."""

from collections.abc import Sequence

from preau.commons.signon.models import Opening
from preau.directory.models import Enrolment
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role

# The words of the national frame of ENT (SDET, annex on the exchange of identities).
NATIONAL = {Profile.PUPIL: "National_ELV", Profile.GUARDIAN: "National_TUT"}
OF_STAFF = {
    Role.HEAD: "National_DIR",
    Role.TEACHER: "National_ENS",
    Role.SCHOOL_LIFE: "National_EVS",
}
OTHER_STAFF = "National_ETA"


def leaving(openings: Sequence[Opening]) -> list[str]:
    """What every school by which the person comes agreed to: the least."""
    return [key for key in openings[0].leaves if all(key in opening.agreed for opening in openings)]


def facts_of(viewer: Viewer, openings: Sequence[Opening]) -> dict[str, list[str]]:
    """The values of each attribute that leaves, empty ones left out; one query, for a pupil's classes."""
    keys = leaving(openings)
    found: dict[str, list[str]] = {
        "profile": [national_profile(viewer)],
        "school": sorted({opening.school.uai for opening in openings}),
        "first_name": [viewer.person.given_name],
        "last_name": [viewer.person.family_name],
        "email": [viewer.person.email],
    }
    if viewer.profile == Profile.PUPIL and {"classes", "level"} & set(keys):
        rows = Enrolment.objects.active(viewer.today).filter(
            pupil=viewer.person.pk, group__school=viewer.school_id
        )
        learnt = list(rows.order_by("group__kind", "group__name").values_list("group__name", "group__level"))
        found["classes"] = [name for name, _level in learnt]
        found["level"] = sorted({level for _name, level in learnt if level})
    values_by_key = {key: [value for value in found.get(key, []) if value] for key in keys}
    return {key: values for key, values in values_by_key.items() if values}


def national_profile(viewer: Viewer) -> str:
    """The profile of this seat, as services of ENT name it."""
    if viewer.profile in NATIONAL:
        return NATIONAL[Profile(viewer.profile)]
    return next((word for role, word in OF_STAFF.items() if viewer.holds(role)), OTHER_STAFF)
