"""Who must agree to a purpose for a pupil, at which age, and what their words amount to (docs/decisions/0112).

Before fifteen the child and those who answer for them, jointly (loi de 1978, article 45); from fifteen the pupil alone,
save where the purpose bears on the image of a minor; from eighteen the pupil alone. Silence is a refusal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from preau.directory.boards import Purpose
from preau.directory.models import Enrolment, Group, Holding, Person, School
from preau.directory.models.consents import ASKERS, ConsentRequest
from preau.directory.models.scoping import active_on
from preau.directory.rules import groups, photos
from preau.directory.rules.authority import MAJORITY, DecisionRule, Tie, Verdict, asked_of, verdict
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role

ALONE_FROM = photos.ALONE_FROM


class State(StrEnum):
    """What the words said so far amount to. Only YES allows anything."""

    YES = "yes"
    NO = "no"
    WAITING = "waiting"
    UNSETTLED = "unsettled"


@dataclass(frozen=True)
class ConsentRule:
    """Whose words count for one pupil and one purpose: always the pupil's own; `guardians`, when theirs do too."""

    guardians: DecisionRule | None

    @property
    def deciders(self) -> tuple[int, ...]:
        return self.guardians.deciders if self.guardians else ()


def needed_for(purpose: Purpose, ties: Iterable[Tie], *, pupil: int, age: int | None) -> ConsentRule:
    """Whose words count today. An age that nobody knows is that of the youngest."""
    alone_from = MAJORITY if purpose.until_majority else ALONE_FROM
    if age is not None and age >= alone_from:
        return ConsentRule(None)
    return ConsentRule(asked_of(purpose.nature, ties, pupil=pupil, age=age))


def state_of(needed: ConsentRule, pupil: int, answers: Mapping[int, bool]) -> State:
    """One no is a no, whoever says it; nothing is allowed until everyone who counts has said yes."""
    own = answers.get(pupil)
    if needed.guardians is None:
        return State.WAITING if own is None else State.YES if own else State.NO
    theirs = verdict(needed.guardians, answers)
    if own is False or theirs in {Verdict.REFUSED, Verdict.DISAGREEMENT}:
        return State.NO
    if theirs == Verdict.UNSETTLED:
        return State.UNSETTLED
    return State.YES if own and theirs == Verdict.AGREED else State.WAITING


# Pages


def asks_consents(viewer: Viewer, *_: object) -> bool:
    """Head, school life and secretary ask, follow, and note what comes back on paper."""
    return viewer.holds(*ASKERS)


def follows_request(viewer: Viewer, request: ConsentRequest) -> bool:
    return asks_consents(viewer) and request.school_id == viewer.school_id


def has_consents(viewer: Viewer, *_: object) -> bool:
    """Pupils and families."""
    return viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}


def reads_consents_of(viewer: Viewer, person: Person) -> bool:
    """A pupil, their own; a guardian, those of a child whom they follow: what is asked, and one's own words."""
    return has_consents(viewer) and person.pk in viewer.own_pupils()


def reads_group_consents(viewer: Viewer, group: Group) -> bool:
    """Who may appear: head, school life and secretary; whoever teaches this class or group today."""
    return photos.sees_faces(viewer, group)


def asks_beside(viewer: Viewer, person: Person) -> bool:
    """Who reads the question with a child who cannot read yet, in an école: a guardian who follows them, whoever teaches
    them, head, school life and secretary."""
    held = Holding.objects.filter(active_on(viewer.today), person=person, role=Role.PUPIL)
    if not held.filter(school__kind=School.Kind.ECOLE).exists():
        return False
    if viewer.is_guardian:
        return person.pk in viewer.own_pupils()
    if not viewer.works_with_pupils:
        return False
    if asks_consents(viewer):
        return groups.reads_family(viewer, person)
    learning = Enrolment.objects.filter(active_on(viewer.today), pupil=person)
    taught = photos.taught_by(viewer)
    return taught.filter(group__in=learning.values("group_id")).exists()


def settles_family_access(viewer: Viewer, *_: object) -> bool:
    """A pupil, from the day of eighteen."""
    return viewer.profile == Profile.PUPIL and (viewer.person.age_on(viewer.today) or 0) >= MAJORITY
