"""How much two people look like one, said in words; and who may make one of them (docs/decisions/0076)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from preau.directory.models import Merge, Person
from preau.directory.viewer import Viewer
from preau.directory.words import DIRECTORY, Role
from preau.foundation.lookup import slips_allowed, slips_between
from preau.foundation.text import fold

# Below this, two people are not shown: they share a telephone, a class, a family name.
SHOWN_FROM = 50
# What opens the doors of a school, its health records, or every account: the head alone says who holds it.
DOORS = frozenset({Role.HEAD, Role.SECRETARY, Role.NURSE, Role.DIGITAL_LEAD, Role.AGENT, Role.OPERATOR})


@dataclass(frozen=True)
class HeldRole:
    """A role of today or to come. `delegated`: the head has given something with it."""

    role: Role
    school_id: int | None
    title: str = ""
    delegated: bool = False


@dataclass(frozen=True)
class AccountUse:
    """The account of a person: `last` is when it was last used."""

    login: str
    is_open: bool
    last: datetime | None = None


@dataclass
class Dossier:
    """What is known of a person when they are compared with another. `wards` and `guardians` are those of today.

    `ever`: everyone to whom a guardianship ties them or tied them. `away`: do they follow a child who learns elsewhere?
    """

    person: Person
    held: list[HeldRole] = field(default_factory=list)
    classes: dict[int, str] = field(default_factory=dict)
    wards: dict[int, str] = field(default_factory=dict)
    guardians: dict[int, str] = field(default_factory=dict)
    ever: set[int] = field(default_factory=set)
    ines: set[str] = field(default_factory=set)
    sources: list[str] = field(default_factory=list)
    account: AccountUse | None = None
    away: bool = False

    @property
    def roles(self) -> set[Role]:
        return {one.role for one in self.held}

    @property
    def is_pupil(self) -> bool:
        return Role.PUPIL in self.roles

    @property
    def is_staff(self) -> bool:
        return not self.roles <= {Role.PUPIL}

    @property
    def doors(self) -> list[Role]:
        return [role for role in Role if role in self.roles & DOORS]

    @property
    def opens_doors(self) -> bool:
        return bool(self.doors) or any(one.delegated for one in self.held)


@dataclass(frozen=True)
class Likeness:
    """0 to 100: how much two people look like one. Why, and what speaks against it, each as a sentence."""

    score: int
    reasons: tuple[str, ...]
    against: tuple[str, ...]


# How much they look alike


def likeness(dossier: Dossier, other: Dossier) -> Likeness:
    """The sum of what is alike, less what differs. Without likeness of names there is none: twins share all the rest."""
    names = _names(dossier.person, other.person)
    reasons, against = [names] if names else [], []
    if names:
        reasons += _alike(dossier, other)
        against += _unlike(dossier, other)
    score = sum(points for points, _said in reasons) - sum(points for points, _said in against)
    return Likeness(
        max(0, min(100, score)),
        tuple(reason for _p, reason in reasons),
        tuple(reason for _p, reason in against),
    )


def _names(person: Person, other: Person) -> tuple[int, str] | None:
    mine, theirs = _folded(person), _folded(other)
    if mine == theirs:
        return 50, _("Même nom et même prénom")
    if mine == theirs[::-1]:
        return 40, _("Nom et prénom inversés")
    borne = {mine[0], fold(person.birth_name)} & {theirs[0], fold(other.birth_name)} - {""}
    if mine[1] and mine[1] == theirs[1] and borne:
        return 40, _("Même prénom, et un même nom d’usage ou de naissance")
    if _slip(mine, theirs) or _slip(mine, theirs[::-1]):
        return 35, _("Noms qui ne diffèrent que d’une faute de frappe")
    return None


def _folded(person: Person) -> tuple[str, str]:
    return fold(person.family_name), fold(person.given_name)


def _slip(mine: tuple[str, str], theirs: tuple[str, str]) -> bool:
    """One name the same and the other with a slip or two, or one slip in each."""
    slips = 0
    for typed, known in zip(mine, theirs, strict=True):
        allowed = slips_allowed(min(typed, known, key=len))
        found = slips_between(typed, known, allowed, of_beginning=False) if typed != known else 0
        if found > allowed:
            return False
        slips += found
    return 0 < slips <= 2


def _alike(dossier: Dossier, other: Dossier) -> list[tuple[int, str]]:
    mine, theirs = dossier.person, other.person
    criteria = [
        (30, mine.birth_date and mine.birth_date == theirs.birth_date, _("Même date de naissance")),
        (20, mine.email and mine.email.lower() == theirs.email.lower(), _("Même courriel")),
        (15, _digits(mine.phone) and _digits(mine.phone) == _digits(theirs.phone), _("Même téléphone")),
        (25, dossier.wards.keys() & other.wards.keys(), _("Répondent du même élève")),
        (15, dossier.guardians.keys() & other.guardians.keys(), _("Ont le même responsable")),
        (10, dossier.classes.keys() & other.classes.keys(), _("Dans la même classe")),
        (60, dossier.ines & other.ines, _("Même INE")),
    ]
    return [(points, reason) for points, is_so, reason in criteria if is_so]


def _unlike(dossier: Dossier, other: Dossier) -> list[tuple[int, str]]:
    mine, theirs = dossier.person, other.person
    criteria = [
        (60, _both_differ(mine.birth_date, theirs.birth_date), _("Dates de naissance différentes")),
        (40, _both_differ(mine.civility, theirs.civility), _("Civilités différentes")),
        (70, _have_two_numbers(dossier, other), _("Deux INE différents")),
        (60, _learns_and_works(dossier, other), _("L’une est élève, l’autre travaille")),
        (60, other.person.pk in dossier.ever, _("L’une répond de l’autre")),
    ]
    return [(points, reason) for points, is_so, reason in criteria if is_so]


def _both_differ(one: object, other: object) -> bool:
    return bool(one and other and one != other)


def _digits(phone: str) -> str:
    """« +33 6 12 34 56 78 » and « 06 12 34 56 78 » are one."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    return digits[-9:] if len(digits) >= 9 else ""


# Who may make one of them


def why_not_merge(viewer: Viewer, kept: Dossier, other: Dossier, own: set[int]) -> str:
    """Why this viewer may not merge these two, or "". `own`: the pupils for whom the viewer answers, today or once."""
    refusals = [*_not_theirs(viewer, kept, other, own), *_two_people(kept, other)]
    return refusals[0] if refusals else _why_not_keep(kept, other)


def _not_theirs(viewer: Viewer, one: Dossier, other: Dossier, own: set[int]) -> Iterator[str]:
    """What another has to do."""
    pair = (one, other)
    if viewer.person.pk in {one.person.pk, other.person.pk}:
        yield _("Votre propre fiche : demandez-le à une autre personne qui tient l’annuaire.")
    if any(is_of_family(dossier, own) for dossier in pair):
        yield _("Votre propre famille : demandez-le à une autre personne qui tient l’annuaire.")
    if any(is_elsewhere(viewer, dossier) for dossier in pair):
        yield _(
            "L’une a une fonction, une place ou un enfant dans un autre établissement : la fusion se demande à "
            "l’exploitant de Préau."
        )
    if any(dossier.opens_doors for dossier in pair) and not viewer.holds(Role.HEAD):
        yield _("L’une a une fonction qui ouvre des accès : la fusion revient à la direction.")


def _two_people(dossier: Dossier, other: Dossier) -> Iterator[str]:
    """What says by itself that they are two."""
    if dossier.person.pk == other.person.pk:
        yield _("C’est la même fiche.")
    if dossier.person.is_institution != other.person.is_institution:
        yield _("L’une est une institution, l’autre une personne.")
    if other.person.pk in dossier.ever:
        yield _("L’une répond de l’autre : ce sont deux personnes.")
    if _have_two_numbers(dossier, other):
        yield _(
            "Elles ont deux INE : ce sont deux élèves. Si un INE est faux, faites-le corriger à la source."
        )
    if _learns_and_works(dossier, other):
        yield _("L’une est élève, l’autre travaille : un compte d’élève ne reçoit pas de fonction.")


def _have_two_numbers(dossier: Dossier, other: Dossier) -> bool:
    return bool(dossier.ines and other.ines and not dossier.ines & other.ines)


def _learns_and_works(dossier: Dossier, other: Dossier) -> bool:
    return (dossier.is_pupil and other.is_staff) or (other.is_pupil and dossier.is_staff)


def is_of_family(dossier: Dossier, own: set[int]) -> bool:
    """Is it a child for whom the viewer answers, or somebody who answers for that child too?"""
    return dossier.person.pk in own or not own.isdisjoint(dossier.ever)


def is_elsewhere(viewer: Viewer, dossier: Dossier) -> bool:
    """Does this person work, learn or follow a child beyond the viewer's school?"""
    return dossier.away or any(one.school_id != viewer.school_id for one in dossier.held)


def _why_not_keep(kept: Dossier, other: Dossier) -> str:
    """Which of the two may not be the one that stays."""
    if kept.account and other.account and other.account.is_open and not kept.account.is_open:
        return _("Le compte de la fiche à garder est fermé : gardez l’autre fiche.")
    stays = kept if kept.account else other
    gains = kept if stays is other else other
    if stays.account and gains.opens_doors and not stays.is_staff:
        return _(
            "Le compte qui resterait n’est pas celui d’un personnel : il ne reçoit pas une fonction qui ouvre des accès. "
            "Gardez l’autre fiche, ou ouvrez-lui d’abord un compte."
        )
    return ""


def why_not_part(viewer: Viewer, kept: Dossier, own: set[int]) -> str:
    """Why this viewer may not part two rows that were merged, or ""."""
    if viewer.person.pk == kept.person.pk or is_of_family(kept, own):
        return _("Vous ou votre famille : demandez-le à une autre personne qui tient l’annuaire.")
    if kept.opens_doors and not viewer.holds(Role.HEAD):
        return _("Cette personne a une fonction qui ouvre des accès : la séparation revient à la direction.")
    return ""


def compares(viewer: Viewer, _found: Person | Merge) -> bool:
    """Whoever keeps the directory compares, merges and parts; what a pair forbids is said on its page."""
    return viewer.has_power(DIRECTORY)


def proposed(dossier: Dossier, other: Dossier) -> tuple[Dossier, str]:
    """Which row to keep, and why: the one that would be missed most."""
    tests: Sequence[tuple[str, object, object]] = [
        (_("elle a une fonction qui ouvre des accès"), dossier.opens_doors, other.opens_doors),
        (_("son compte a déjà servi"), _was_used(dossier), _was_used(other)),
        (_("un fichier officiel la tient à jour"), dossier.sources, other.sources),
        (_("elle a un compte"), dossier.account, other.account),
    ]
    for reason, mine, theirs in tests:
        if bool(mine) != bool(theirs):
            return (dossier if mine else other), reason
    return (dossier if dossier.person.pk < other.person.pk else other), _("elle est la plus ancienne")


def _was_used(dossier: Dossier) -> bool:
    return dossier.account is not None and dossier.account.is_open and dossier.account.last is not None
