"""Whose data may a viewer read as their own, and who asks and answers about them?"""

from preau.commons.privacy.models import (
    RIGHTS,
    DataRequest,
    RequestLine,
    RetentionRun,
    SchoolErasure,
    minors_of,
)
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.directory.words import SETTINGS, Profile, Role


def has_data(viewer: Viewer, *_: object) -> bool:
    """Everyone with an account."""
    return True


def children_of(viewer: Viewer) -> list[Person]:
    """The minors for whom this person answers before the law, whatever the seat; from eighteen, a pupil asks for themselves."""
    return list(Person.objects.filter(pk__in=minors_of(viewer)).order_by("search_name", "pk"))


def reads_data_of(viewer: Viewer, person: Person) -> bool:
    """One's own, and those of a minor for whom one answers."""
    return person.pk == viewer.person.pk or any(child.pk == person.pk for child in children_of(viewer))


def follows_request(viewer: Viewer, request: DataRequest) -> bool:
    """Whoever asked."""
    return request.asked_by_id == viewer.person.pk


def follows_line(viewer: Viewer, line: RequestLine) -> bool:
    return follows_request(viewer, line.request)


def answers_requests(viewer: Viewer, *_: object) -> bool:
    """The head of a school; whoever was given it, the person in charge of data protection for one."""
    return viewer.school_id is not None and viewer.has_power(RIGHTS)


def handles(viewer: Viewer, request: DataRequest) -> bool:
    """Those who answer, for their school; nobody answers what they asked (`visible_to` keeps their family from them)."""
    here = request.school_id == viewer.school_id
    return answers_requests(viewer) and here and not follows_request(viewer, request)


def handles_line(viewer: Viewer, line: RequestLine) -> bool:
    return handles(viewer, line.request)


def reads_register(viewer: Viewer, *_: object) -> bool:
    """Whoever answers for the processing, those to whom the settings are given, and whoever processes for them."""
    return viewer.has_power(SETTINGS) or viewer.profile == Profile.OPERATOR


def answers_breach(viewer: Viewer, *_: object) -> bool:
    """Who measures a breach: the head, people by name; whoever operates, schools and numbers."""
    return viewer.holds(Role.HEAD) or viewer.profile == Profile.OPERATOR


def warns_people(viewer: Viewer, *_: object) -> bool:
    """Who knows whom to warn, and writes to them: the head alone."""
    return viewer.holds(Role.HEAD)


def follows_terms(viewer: Viewer, *_: object) -> bool:
    """Those who answer for the data of a school; in numbers, whoever operates the platform."""
    return answers_requests(viewer) or viewer.profile == Profile.OPERATOR


def prepares_terms(viewer: Viewer, *_: object) -> bool:
    """By hand, for one's own school: the night does it for all."""
    return answers_requests(viewer)


def decides_run(viewer: Viewer, run: RetentionRun) -> bool:
    """Those who answer for the data of that school; whoever operates, for what is of no school, and as the second of a school
    where one person alone decides."""
    if viewer.profile == Profile.OPERATOR:
        return run.school_id is None or run.state == RetentionRun.State.APPROVED
    return answers_requests(viewer) and run.school_id == viewer.school_id


def postpones_run(viewer: Viewer, run: RetentionRun) -> bool:
    """The school itself; whoever operates, what is of no school."""
    if viewer.profile == Profile.OPERATOR:
        return run.school_id is None
    return decides_run(viewer, run)


def ends_contracts(viewer: Viewer, *_: object) -> bool:
    """Whoever operates the platform: two of them end the contract of a school."""
    return viewer.profile == Profile.OPERATOR


def reads_contract_end(viewer: Viewer, erasure: SchoolErasure) -> bool:
    """Whoever operates, in numbers; those who answer for the data of the school that leaves."""
    return ends_contracts(viewer) or (answers_requests(viewer) and erasure.school_id == viewer.school_id)


def reads_certificate(viewer: Viewer, erasure: SchoolErasure) -> bool:
    """Once it is erased, nobody of the school is left to read it."""
    return ends_contracts(viewer) and erasure.state == SchoolErasure.State.DONE
