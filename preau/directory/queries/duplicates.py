"""Who may be one human being under two rows, what each row holds, and what was merged."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import CharField, Count, F, Q, QuerySet, Value
from django.db.models.functions import Concat, Lower, Substr
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import (
    Distinction,
    Enrolment,
    ExternalId,
    Group,
    Guardianship,
    Holding,
    Merge,
    Person,
)
from preau.directory.models.scoping import active_on
from preau.directory.rules.duplicates import (
    SHOWN_FROM,
    AccountUse,
    Dossier,
    HeldRole,
    Likeness,
    likeness,
    proposed,
    why_not_merge,
)
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import dates
from preau.foundation.text import filled

# As many as are compared: the homonyms of a large school, not a directory typed twice.
MOST_PEOPLE, MOST_PAIRS = 2_000, 600
# A telephone that more people share is the school's own.
MOST_ALIKE = 6
UNDOABLE = timedelta(days=30)
SOURCES = {"aaf": "AAF", "siecle": "SIECLE", "onde": "ONDE", "oneroster": "OneRoster"}
Pair = tuple[int, int]


@dataclass(frozen=True)
class PairRow:
    """One line of the list: the two people, as lists write them, and how much they look alike."""

    one: Person
    other: Person
    likeness: Likeness
    one_does: str
    other_does: str


# The list


def pairs_of(viewer: Viewer, *, set_aside: bool = False) -> list[PairRow]:
    """The pairs that look like one human being, the likest first; those that somebody set aside only when asked for.

    Six queries, however many they are.
    """
    people, found = _candidates(viewer)
    aside = set(Distinction.objects.visible_to(viewer).values_list("one_id", "other_id"))
    found = {pair for pair in found if (pair in aside) == set_aside}
    alike = [people[pk] for pk in sorted({pk for pair in found for pk in pair})]
    dossiers, _own = _dossiers(viewer, alike)
    rows = [
        PairRow(
            people[one],
            people[other],
            likeness(dossiers[one], dossiers[other]),
            does(dossiers[one]),
            does(dossiers[other]),
        )
        for one, other in found
    ]
    kept = [row for row in rows if row.likeness.score >= SHOWN_FROM or set_aside]
    return sorted(kept, key=lambda row: (-row.likeness.score, row.one.search_name, row.one.pk, row.other.pk))[
        :MOST_PAIRS
    ]


def count_of_aside(viewer: Viewer) -> int:
    return Distinction.objects.visible_to(viewer).count()


def _candidates(viewer: Viewer) -> tuple[dict[int, Person], set[Pair]]:
    """People of the school who share something that two rows of one human being would, and the pairs they make."""
    here = _here(viewer)
    keyed = here.annotate(
        mail=Lower("email"), born=Concat("birth_date", Substr("search_name", 1, 3), output_field=CharField())
    )
    met = (
        Q(search_name__in=_shared(keyed, "search_name"))
        | Q(mail__in=_shared(keyed.exclude(email=""), "mail"))
        | Q(phone__in=_shared(keyed.exclude(phone=""), "phone"))
        | Q(birth_date__isnull=False, born__in=_shared(keyed.exclude(birth_date=None), "born"))
    )
    people: dict[int, Any] = {person.pk: person for person in keyed.filter(met).order_by("pk")[:MOST_PEOPLE]}
    pairs = _pairs(people.values())
    beside = _beside(viewer)
    missing = {pk for pair in beside for pk in pair} - set(people)
    people |= {person.pk: person for person in Person.objects.filter(pk__in=missing)}
    return people, pairs | beside


def _here(viewer: Viewer) -> "QuerySet[Person]":
    return Person.objects.visible_to(viewer).filter(erased_at=None, is_institution=False)


def _shared(people: "QuerySet[Any]", name: str) -> "QuerySet[Any]":
    """The values that several of these people have."""
    counted = people.order_by().values(name).annotate(times=Count("pk")).filter(times__gt=1)
    return counted.values(name)


def _pairs(people: Iterable[Any]) -> set[Pair]:
    alike: dict[tuple[str, Any], list[int]] = defaultdict(list)
    for person in people:
        names = " ".join(sorted(person.search_name.split()))
        for key in (("names", names), ("mail", person.mail), ("phone", person.phone), ("born", person.born)):
            if key[1] and (key[0] != "born" or person.birth_date):
                alike[key].append(person.pk)
    return {
        pair
        for (kind, _key), pks in alike.items()
        if kind in {"names", "born"} or len(pks) <= MOST_ALIKE
        for pair in combinations(sorted(pks), 2)
    }


def _beside(viewer: Viewer) -> set[Pair]:
    """Guardians of one pupil whose given names begin alike: a name typed twice, once with a slip."""
    links: Any = Guardianship.objects.visible_to(viewer).active(viewer.today).of_another()
    links = links.filter(active_on(viewer.today, "pupil__guardianships__"))
    links = links.annotate(
        second=F("pupil__guardianships__guardian"),
        initial=Lower(Substr("guardian__given_name", 1, 1)),
        second_initial=Lower(Substr("pupil__guardianships__guardian__given_name", 1, 1)),
    )
    links = links.filter(initial=F("second_initial"), guardian__lt=F("second")).exclude(second=F("pupil"))
    return set(links.order_by("pk").values_list("guardian_id", "second")[:MOST_PEOPLE])


# What each holds


def dossiers_of(viewer: Viewer, *people: Person) -> tuple[dict[int, Dossier], set[int]]:
    """What these people hold, with their accounts and whom they follow elsewhere; and the viewer's own pupils. Five queries."""
    found, own = _dossiers(viewer, people)
    _accounts(found)
    _away(viewer, found)
    return found, own


def _dossiers(viewer: Viewer, people: Iterable[Person]) -> tuple[dict[int, Dossier], set[int]]:
    found, today = {person.pk: Dossier(person) for person in people}, viewer.today
    goes_on = Q(ends=None) | Q(ends__gt=today)
    for holding in Holding.objects.filter(goes_on, person__in=found).order_by("pk"):
        delegated = bool(holding.delegations(today))
        found[holding.person_id].held.append(
            HeldRole(Role(holding.role), holding.school_id, holding.title, delegated)
        )
    own = _families(viewer, found)
    _classes_and_ids(found, today)
    return found, own


def _classes_and_ids(found: dict[int, Dossier], today: date) -> None:
    """Two tables, one query."""
    learning = Enrolment.objects.active(today).filter(pupil__in=found, group__kind=Group.Kind.CLASS)
    ids = ExternalId.objects.filter(person__in=found, kind__in=["person", "ine"]).order_by()
    lines: Any = learning.order_by().values_list(
        "pk", "pupil_id", "group_id", Value("class"), Value(""), "group__name"
    )
    lines = lines.union(ids.values_list("pk", "person_id", Value(0), "kind", "source", "value"), all=True)
    for _pk, person, group, kind, source, value in lines.order_by("pk"):
        if kind == "class":
            found[person].classes[group] = value
        elif kind == "ine":
            found[person].ines.add(value)
        else:
            found[person].sources.append(SOURCES.get(source, source))


def _families(viewer: Viewer, found: dict[int, Dossier]) -> set[int]:
    """Who answers for whom; and the viewer's own pupils, by the same query."""
    mine, today, own = viewer.person.pk, viewer.today, set()
    links = Guardianship.objects.filter(Q(pupil__in=found) | Q(guardian__in=found) | Q(guardian=mine))
    for link in links.select_related("pupil", "guardian").order_by("pk"):
        if link.guardian_id == mine:
            own.add(link.pupil_id)
        if link.guardian_id == link.pupil_id:
            continue
        goes_on = link.ends is None or link.ends > today
        for one, other, kin in (
            (link.pupil, link.guardian, "guardians"),
            (link.guardian, link.pupil, "wards"),
        ):
            dossier = found.get(one.pk)
            if dossier:
                dossier.ever.add(other.pk)
                if goes_on:
                    getattr(dossier, kin)[other.pk] = other.full_name
    return own


def _accounts(found: dict[int, Dossier]) -> None:
    accounts = get_user_model().objects.filter(person__in=found)
    for pk, login, is_open, last in accounts.values_list("person_id", "login", "is_active", "last_login"):
        found[pk].account = AccountUse(login, is_open, last)


def _away(viewer: Viewer, found: dict[int, Dossier]) -> None:
    """Who follows a child in another school: its pupils are not named here."""
    wards = {ward: dossier for dossier in found.values() for ward in dossier.wards}
    goes_on = Q(ends=None) | Q(ends__gt=viewer.today)
    places = Holding.objects.filter(goes_on, role=Role.PUPIL, person__in=wards).exclude(
        school=viewer.school_id
    )
    for ward in places.values_list("person_id", flat=True):
        for dossier in found.values():
            dossier.away |= ward in dossier.wards


def other_of(viewer: Viewer, person: Person, public_id: str) -> Person | None:
    """The second person of a pair, when the viewer sees them."""
    return _here(viewer).exclude(pk=person.pk).filter(public_id=public_id).first()


def pair_of(viewer: Viewer, one: str, other: str) -> tuple[Person, Person] | None:
    """Both people, by their public ids, in that order; None when the viewer does not see both. One query."""
    found = {person.public_id: person for person in _here(viewer).filter(public_id__in=[one, other])}
    return (found[one], found[other]) if len(found) == 2 else None


def is_aside(viewer: Viewer, person: Person, other: Person) -> bool:
    """Did somebody say that these are two people?"""
    first, second = sorted([person.pk, other.pk])
    return Distinction.objects.visible_to(viewer).filter(one=first, other=second).exists()


def does(dossier: Dossier) -> str:
    """What somebody is here, in a few words: « Élève, 5e B », « Enseignante · anglais », « Responsable de Nina Abadie »."""
    phrases = [_role_of(one, dossier.person.civility) for one in dossier.held]
    phrases += dossier.classes.values()
    if dossier.wards:
        phrases.append(filled(_("Responsable de %(names)s"), names=", ".join(dossier.wards.values())))
    return ", ".join(dict.fromkeys(phrases))


def _role_of(held: HeldRole, civility: str) -> str:
    role = held.role.said_of(civility)
    return f"{role} · {held.title}" if held.title else role


# The two side by side


@dataclass(frozen=True)
class Line:
    """One thing that a row says at least: `differ` when both say it, and not the same."""

    label: str
    one: str
    other: str

    @property
    def differ(self) -> bool:
        return bool(self.one and self.other and self.one != self.other)


@dataclass(frozen=True)
class Comparison:
    """Two people side by side. `kept` is proposed, `why` says for what; `refusal`: why they cannot be merged here, or ""."""

    one: Dossier
    other: Dossier
    likeness: Likeness
    lines: list[Line]
    kept: Dossier
    why: str
    refusal: str
    is_aside: bool

    def files_of_pupils(self) -> list[Dossier]:
        """Those whose reading leaves a line: a pupil's, or their family's (docs/decisions/0019)."""
        return [one for one in (self.one, self.other) if one.is_pupil or one.wards]


def comparison_of(viewer: Viewer, person: Person, other: Person) -> Comparison:
    """What the page of a pair shows; six queries."""
    dossiers, own = dossiers_of(viewer, person, other)
    mine, theirs = dossiers[person.pk], dossiers[other.pk]
    kept, why = proposed(mine, theirs)
    refusals = {
        dossier.person.pk: why_not_merge(viewer, dossier, beside, own)
        for dossier, beside in ((mine, theirs), (theirs, mine))
    }
    if refusals[kept.person.pk] and not all(refusals.values()):
        kept, why = (theirs if kept is mine else mine), _("l’autre ne peut pas l’être")
    return Comparison(
        mine,
        theirs,
        likeness(mine, theirs),
        _lines(mine, theirs),
        kept,
        why,
        refusals[kept.person.pk],
        is_aside(viewer, person, other),
    )


def _lines(dossier: Dossier, other: Dossier) -> list[Line]:
    both = zip(_told(dossier), _told(other), strict=True)
    return [Line(label, mine, theirs) for (label, mine), (_label, theirs) in both if mine or theirs]


def _told(dossier: Dossier) -> list[tuple[str, str]]:
    person = dossier.person
    born = dates.plain_day(person.birth_date) if person.birth_date else ""
    return [
        (_("Nom d’usage"), person.family_name),
        (_("Prénom d’usage"), person.given_name),
        (_("Nom de naissance"), person.birth_name),
        (_("Prénoms d’état civil"), person.civil_given_names),
        (_("Civilité"), str(person.get_civility_display()) if person.civility else ""),
        (_("Date de naissance"), born),
        (_("Courriel"), person.email),
        (_("Téléphone"), person.phone),
        (_("Fonctions"), ", ".join(dict.fromkeys(_role_of(one, person.civility) for one in dossier.held))),
        (_("Classe"), ", ".join(dossier.classes.values())),
        (_("Élèves dont elle répond"), ", ".join(dossier.wards.values())),
        (_("Responsables"), ", ".join(dossier.guardians.values())),
        (_("Compte"), _account_of(dossier)),
        (_("Tenue par"), ", ".join(dict.fromkeys(dossier.sources)) or _("l’établissement")),
    ]


def _account_of(dossier: Dossier) -> str:
    account = dossier.account
    if account is None:
        return ""
    if not account.is_open:
        return _("%(login)s, fermé") % {"login": account.login}
    if account.last is None:
        return _("%(login)s, jamais utilisé") % {"login": account.login}
    day = dates.plain_day(timezone.localtime(account.last).date())
    return _("%(login)s, dernière connexion le %(day)s") % {"login": account.login, "day": day}


# What was merged


@dataclass(frozen=True)
class MergeRow:
    """One line of the list of merges. `other` is empty once the merge is for good."""

    pk: int
    kept: str
    other: str
    at: datetime
    by: str
    undone_at: datetime | None
    until: date
    may_undo: bool


def merges_of(viewer: Viewer) -> "QuerySet[Merge]":
    """The merges of the school, the latest first."""
    return Merge.objects.visible_to(viewer).select_related("kept", "other", "by")


def merge_rows(viewer: Viewer, merges: Iterable[Merge]) -> list[MergeRow]:
    now = timezone.now()
    return [
        MergeRow(
            pk=merge.pk,
            kept=merge.kept.list_name,
            other=_name_before(merge),
            at=merge.at,
            by=merge.by.full_name if merge.by else "",
            undone_at=merge.undone_at,
            until=timezone.localtime(merge.at + UNDOABLE).date(),
            may_undo=merge.undone_at is None and bool(merge.before) and merge.at > now - UNDOABLE,
        )
        for merge in merges
    ]


def _name_before(merge: Merge) -> str:
    """The name of the row that was blanked: its own again, or what the merge remembers of it."""
    if merge.undone_at:
        return merge.other.list_name
    for step in merge.before:
        values = step.get("before", {})
        if step["model"] == "directory.person" and step["pk"] == merge.other_id:
            return f"{str(values['family_name']).upper()} {values['given_name']}".strip()
    return ""


def merge_between(viewer: Viewer, one: str, other: str) -> Merge | None:
    """The standing merge of two rows, by their public ids: the second of two clicks finds it."""
    ids = [one, other]
    return (
        Merge.objects.visible_to(viewer)
        .standing()
        .filter(kept__public_id__in=ids, other__public_id__in=ids)
        .first()
    )
