"""Who must be asked about a pupil, and by which way, for every service that asks families something."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.directory.models import FamilyClosure, Guardianship, Person
from preau.directory.rules.authority import DecisionRule, Doubt, Tie, asked_of
from preau.directory.viewer import Viewer
from preau.directory.words import Authority, Kinship
from preau.foundation import boards
from preau.foundation.boards import Nature

SAID_OF_DOUBT = {
    Doubt.NOBODY: gettext_lazy(
        "Le dossier ne donne l’autorité parentale à personne : demandez les papiers de la famille avant de décider."
    ),
    Doubt.BARRED_AUTHORITY: gettext_lazy(
        "Une personne a l’autorité parentale mais ne doit pas être informée : pour un acte non usuel, lisez la décision du juge."
    ),
    Doubt.PARENT_WITHOUT_AUTHORITY: gettext_lazy(
        "Un parent est noté sans autorité parentale. Il garde en principe le droit d’être informé des choix importants : "
        "lisez la décision du juge."
    ),
    Doubt.AGE: gettext_lazy("La date de naissance manque : à dix-huit ans, l’élève décide seul."),
}


@dataclass(frozen=True)
class Answerer:
    """Somebody who decides or is told, as the viewer may read them."""

    name: str
    kinship: str
    public_id: str
    decides: bool
    on_paper: bool


@dataclass(frozen=True)
class Part:
    """What is asked for the acts of one nature: whom, and for which gestures of the services open here."""

    asked: DecisionRule
    people: tuple[Answerer, ...]
    acts: tuple[str, ...]
    said_to_me: str

    @property
    def nature(self) -> Nature:
        return self.asked.nature


def whom_to_ask(pupil: Person, nature: Nature, today: date) -> DecisionRule:
    """For a service: who decides on an act of this nature about this pupil, and who is told. One query."""
    return _asked(pupil, nature, _links(pupil, today), today)


def parts_for(viewer: Viewer, pupil: Person) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """The three natures of acts for this pupil and what the file leaves in doubt; one query.

    Staff read who; a family reads its own part alone, never who else answers for the child.
    """
    links = _links(pupil, viewer.today)
    people = {link.guardian_id: link for link in links}
    parts = []
    for nature in Nature:
        asked = _asked(pupil, nature, links, viewer.today)
        shown = _people(asked, pupil, people) if viewer.is_staff else ()
        parts.append(
            Part(asked, shown, _acts(viewer, nature), "" if viewer.is_staff else _to_me(asked, viewer))
        )
    doubts = dict.fromkeys(doubt for part in parts for doubt in part.asked.doubts)
    sentences = [str(SAID_OF_DOUBT[doubt]) for doubt in doubts]
    if any(link.is_closed for link in links):  # type: ignore[attr-defined]
        sentences.append(
            _("L’élève, majeur, a fermé son dossier à ses parents : aucun message ne leur part d’ici.")
        )
    return tuple(parts), tuple(sentences) if viewer.is_staff else ()


def ties_of(pupils: Iterable[int], today: date) -> dict[int, list[Tie]]:
    """The links in force of each of these pupils, in one query."""
    found: dict[int, list[Tie]] = {pk: [] for pk in pupils}
    for link in _in_force(today).filter(pupil__in=list(found)):
        found[link.pupil_id].append(_tie(link))
    return found


def _links(pupil: Person, today: date) -> list[Guardianship]:
    return list(_in_force(today).filter(pupil=pupil))


def _in_force(today: date) -> "QuerySet[Guardianship]":
    """`is_closed`: the pupil, of age, has closed their file to their parents: nobody of them is told any more."""
    closed = FamilyClosure.objects.filter(pupil=OuterRef("pupil"), reopened_at=None)
    rows = Guardianship.objects.active(today).of_another().select_related("guardian")
    return rows.annotate(is_closed=Exists(closed)).order_by("contact_priority", "guardian__search_name", "pk")


def _tie(link: Guardianship) -> Tie:
    return Tie(
        link.guardian_id,
        Authority(link.authority),
        Kinship(link.kinship),
        barred=link.may_not_be_informed or link.is_closed,  # type: ignore[attr-defined]
        is_institution=link.guardian.is_institution,
        is_reachable=bool(link.guardian.email or link.guardian.phone),
    )


def _asked(pupil: Person, nature: Nature, links: list[Guardianship], today: date) -> DecisionRule:
    ties = [_tie(link) for link in links]
    return asked_of(nature, ties, pupil=pupil.pk, age=pupil.age_on(today))


def _people(asked: DecisionRule, pupil: Person, links: Mapping[int, Guardianship]) -> tuple[Answerer, ...]:
    people = {pk: link.guardian for pk, link in links.items()} | {pupil.pk: pupil}
    listed = asked.told if asked.nature == Nature.INFORMATION else asked.deciders
    return tuple(
        Answerer(
            people[pk].list_name,
            str(Kinship(links[pk].kinship).label) if pk in links else _("Élève majeur"),
            people[pk].public_id,
            decides=pk in asked.deciders,
            on_paper=pk in asked.on_paper,
        )
        for pk in listed
    )


def _acts(viewer: Viewer, nature: Nature) -> tuple[str, ...]:
    return tuple(str(act.label) for act, _ in boards.offered(boards.acts, viewer) if act.nature == nature)


def _to_me(asked: DecisionRule, viewer: Viewer) -> str:
    """What a guardian, or a pupil of age, is told of their own part."""
    me = viewer.person.pk
    if asked.nature == Nature.INFORMATION:
        return (
            _("L’établissement vous prévient.")
            if me in asked.told
            else _("L’établissement ne vous prévient pas.")
        )
    if me not in asked.deciders:
        return _("La décision ne vous appartient pas.")
    if not viewer.is_guardian:
        return _("C’est vous qui décidez, depuis vos dix-huit ans.")
    if asked.all_of_them:
        return _("Votre accord est demandé, et celui de toute autre personne qui a l’autorité parentale.")
    return _("Votre accord suffit, tant que personne d’autre ne s’y oppose.")
