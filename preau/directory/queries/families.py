"""A pupil's family as the school's file says it: whom to call, in order, and the other children of the same adults."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q

from preau.directory.models import Guardianship, Person
from preau.directory.models.scoping import active_on
from preau.directory.queries.finding import classes_of, pupils_here
from preau.directory.viewer import Viewer
from preau.directory.words import Authority, Kinship, Role


@dataclass(frozen=True)
class Adult:
    """What somebody is to the pupil. `pays` and `receives_aid` are None where the viewer does not read them."""

    pk: int
    public_id: str
    name: str
    kinship: str
    authority: str
    phone: str
    email: str
    rank: int | None
    lives_with: bool | None
    pays: bool | None
    receives_aid: bool | None
    not_to_inform: bool
    has_ended: bool
    last_day: date | None
    may_rule: bool
    # Legal, or in charge: the others are called when something happens, and told nothing of the child's schooling.
    has_authority: bool = True
    # A judge's decision is noted; said where `may_rule` alone.
    is_ruled: bool = False


@dataclass(frozen=True)
class OtherChild:
    """A pupil of the school for whom an adult of this family answers too, and which."""

    public_id: str
    name: str
    school_class: str
    through: str


@dataclass(frozen=True)
class Family:
    """`to_call` in the order in which the school calls; `apart`: who may not be informed, or is no guardian any more."""

    to_call: tuple[Adult, ...]
    apart: tuple[Adult, ...]
    others: tuple[OtherChild, ...]


def family_of(viewer: Viewer, pupil: Person, *, others: bool = True) -> Family:
    """The adults of a pupil (one query) and, where they are asked for, the other children for whom they answer in the school
    (two more)."""
    rows = Guardianship.objects.visible_to(viewer).of_another().filter(pupil=pupil)
    # What a judge has ended is still told: somebody will ask for the child at the gate.
    rows = rows.filter(active_on(viewer.today) | Q(ruled_on__isnull=False), guardian__erased_at=None)
    rows = rows.select_related("guardian").order_by(
        F("contact_priority").asc(nulls_last=True), "guardian__search_name", "pk"
    )
    links = list(rows)
    # Money and judges are for head and secretary; neither is given on.
    keeps = viewer.holds(Role.HEAD, Role.SECRETARY)
    may_rule = keeps and viewer.person.pk not in {link.guardian_id for link in links}
    adults = [_adult(link, viewer.today, keeps=keeps, may_rule=may_rule) for link in links]
    aside = [adult for adult in adults if adult.not_to_inform or adult.has_ended]
    return Family(
        to_call=tuple(adult for adult in adults if adult not in aside),
        apart=tuple(aside),
        others=_other_children(viewer, pupil, links) if others else (),
    )


def _adult(link: Guardianship, today: date, *, keeps: bool, may_rule: bool) -> Adult:
    guardian = link.guardian
    return Adult(
        pk=link.pk,
        public_id=guardian.public_id,
        name=guardian.list_name,
        kinship=str(Kinship(link.kinship).label),
        authority=str(Authority(link.authority).label),
        phone=guardian.phone,
        email=guardian.email,
        rank=link.contact_priority,
        lives_with=link.lives_with,
        pays=link.pays if keeps else None,
        receives_aid=link.receives_aid if keeps else None,
        not_to_inform=link.may_not_be_informed,
        has_ended=link.ends is not None and link.ends <= today,
        last_day=link.ends - timedelta(days=1) if link.ends else None,
        may_rule=may_rule,
        has_authority=link.authority in {Authority.LEGAL, Authority.IN_CHARGE},
        is_ruled=may_rule and link.ruled_on is not None,
    )


def _other_children(viewer: Viewer, pupil: Person, links: list[Guardianship]) -> tuple[OtherChild, ...]:
    """Brothers, sisters, half-brothers: the pupils of the school who share an adult with authority. An institution makes no family."""
    authority = {Authority.LEGAL, Authority.IN_CHARGE}
    sharing = [
        link.guardian_id
        for link in links
        if link.authority in authority
        and not link.guardian.is_institution
        and (link.ends is None or link.ends > viewer.today)
    ]
    shared = Guardianship.objects.visible_to(viewer).active(viewer.today).of_another()
    shared = shared.filter(
        guardian__in=sharing, authority__in=authority, pupil__in=pupils_here(viewer).values("person_id")
    ).exclude(pupil=pupil)
    children: dict[int, Person] = {}
    through: dict[int, dict[str, None]] = defaultdict(dict)
    for link in shared.select_related("pupil", "guardian").order_by("pupil__search_name", "pupil_id", "pk"):
        children[link.pupil_id] = link.pupil
        through[link.pupil_id][link.guardian.full_name] = None
    classes = classes_of(viewer, list(children)) if children else {}
    return tuple(
        OtherChild(child.public_id, child.list_name, classes.get(pk, ""), ", ".join(through[pk]))
        for pk, child in children.items()
    )
