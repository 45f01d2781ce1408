"""What may be asked of a kind of data, to which school; requests in lists; what an erasure would do."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from preau.commons.privacy.models import DataRequest, Outcome, RequestLine, Right
from preau.commons.privacy.queries.held import (
    EntryCount,
    Subject,
    entries,
    entry_of,
    held_about,
    key_of,
    rows_about,
)
from preau.directory.counting import number_of
from preau.directory.models import Guardianship, Holding, Person, School
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation.boards import PersonalData

# « RGPD, articles 6.1.c et 6.1.e »: the letters of the legal basis, as the board writes it for the register.
BASIS = re.compile(r"6\.1\.([a-f])")


# A home says the nearest ones; the page has them all.
MOST_WAITING = 3


def _waiting_for(viewer: Viewer) -> "QuerySet[DataRequest]":
    """Those that the viewer answers: not their own, nor their family's."""
    mine = DataRequest.objects.of_the_family(viewer)
    return DataRequest.objects.in_school(viewer).waiting().exclude(pk__in=mine.values("pk"))


def number_waiting(viewer: Viewer) -> Coalesce:
    """How many requests wait for this viewer's answer, as a part of another query."""
    return number_of(_waiting_for(viewer))


def number_late(viewer: Viewer) -> Coalesce:
    """How many of them should have been answered already, as a part of another query."""
    return number_of(_waiting_for(viewer).filter(due__lt=viewer.today))


def waiting_for(viewer: Viewer) -> list[DataRequest]:
    """The nearest of them, with the person that each is about and its lines: two queries."""
    rows = _waiting_for(viewer).select_related("subject").prefetch_related("lines").order_by("due", "pk")
    return list(rows[:MOST_WAITING])


@dataclass(frozen=True)
class Grant:
    """Before anything is asked: for one right, what may be granted and what may not."""

    right: Right
    text: str


def bases_of(entry: PersonalData) -> set[str]:
    return set(BASIS.findall(str(entry.legal_basis)))


def grants_of(entry: PersonalData | None) -> list[Grant]:
    """What may be granted of a kind of data, in the order of the form; without a kind, what is true of all of them."""
    return [Grant(right, _said_of(right, entry)) for right in Right]


def _said_of(right: Right, entry: PersonalData | None) -> str:
    bases = bases_of(entry) if entry else {"c", "e"}
    return {
        Right.RECTIFY: _rectify,
        Right.ERASE: _erase,
        Right.OBJECT: _object,
        Right.RESTRICT: _restrict,
        Right.QUESTION: _question,
    }[right](bases, entry)


def _rectify(bases: set[str], entry: PersonalData | None) -> str:
    if entry and entry.from_files:
        return _(
            "Une erreur se corrige. Ces lignes viennent le plus souvent des fichiers officiels : l’établissement les fait "
            "corriger à la source, sans quoi le prochain fichier ramènerait l’erreur."
        )
    return _(
        "Une erreur de fait se corrige. Un avis ou une décision se discute avec la personne qui l’a écrit."
    )


def _erase(bases: set[str], entry: PersonalData | None) -> str:
    if entry and entry.from_files:
        return _(
            "Ces lignes viennent le plus souvent des fichiers officiels : les effacer ici ne suffirait pas. L’établissement vous dit "
            "à qui s’adresser."
        )
    if bases == {"a"}:
        return _("Vous pouvez retirer votre accord : ce qui reposait sur lui est alors effacé.")
    if "c" in bases:
        return _(
            "Ce que la loi oblige l’établissement à garder le reste jusqu’à son terme. Ce qui est inexact, inutile ou gardé trop "
            "longtemps s’efface."
        )
    return _(
        "Ce dont l’établissement a besoin pour sa mission peut rester jusqu’à son terme. Ce qui est inexact, inutile ou gardé trop "
        "longtemps s’efface."
    )


def _object(bases: set[str], entry: PersonalData | None) -> str:
    if bases == {"a"}:
        return _("Rien ne se fait ici sans accord : retirez le vôtre, il n’y a pas de raison à donner.")
    if bases == {"c"}:
        return _("La loi impose cet usage : on ne peut pas s’y opposer. Une erreur, elle, se corrige.")
    if "c" in bases:
        return _(
            "On ne peut pas s’opposer à ce que la loi impose. Pour le reste, dites ce qui, dans votre situation, justifie d’arrêter."
        )
    return _(
        "Dites ce qui, dans votre situation, justifie d’arrêter cet usage. L’établissement arrête, sauf s’il a une raison plus "
        "forte de continuer : il vous la dit."
    )


def _restrict(bases: set[str], entry: PersonalData | None) -> str:
    return _(
        "Le temps de vérifier une erreur ou d’examiner une opposition, ces lignes peuvent être gardées sans être utilisées."
    )


def _question(bases: set[str], entry: PersonalData | None) -> str:
    return _("Vous demandez, l’établissement répond.")


def own_page_of(entry: PersonalData | None) -> str:
    """Where a person changes it without asking anybody, or ""."""
    if entry is None or not entry.changed_at:
        return ""
    try:
        return reverse(entry.changed_at)
    except NoReverseMatch:
        # A room that has left the building took its page with it.
        return ""


def kind_said(key: str) -> str:
    """What a line bears on, in words; a kind that is no more keeps its key."""
    if not key:
        return _("Toutes les données, ou autre chose")
    found = entry_of(key)
    return str(found.label) if found else key


def kinds_held(subject: Subject) -> list[EntryCount]:
    """The kinds of which something is held: those that one may ask about first."""
    return [one for one in held_about(subject) if one.count]


def kind_exists(key: str) -> bool:
    return any(key_of(entry) == key for entry in entries())


def schools_for(viewer: Viewer, subject: Person) -> list[School]:
    """Whom to ask: for a child, the schools where they learn; for oneself, those of every seat."""
    if subject.pk != viewer.person.pk:
        places = [place for seat in viewer.seats for place in seat.places if place.pupil_id == subject.pk]
        return list({place.school.pk: place.school for place in places}.values())
    own = [seat.school for seat in viewer.seats if seat.school]
    followed = [place.school for seat in viewer.seats for place in seat.places]
    return list({school.pk: school for school in [*own, *followed]}.values())


# Requests in lists


def requests_of(viewer: Viewer) -> "QuerySet[DataRequest]":
    """What this person asked, the newest first."""
    mine = DataRequest.objects.visible_to(viewer).filter(asked_by=viewer.person.pk)
    return _with_lines(mine).order_by("-asked_at", "-pk")


PARTS = ("retard", "repondues", "retirees")


def queue_of(viewer: Viewer, part: str) -> "QuerySet[DataRequest]":
    """For those who answer: what waits, the nearest day first, hence the late ones; or one other part."""
    seen = DataRequest.objects.visible_to(viewer).filter(school_id=viewer.school_id)
    seen = seen.exclude(asked_by=viewer.person.pk)
    if part == "repondues":
        return _with_lines(seen.filter(state=DataRequest.State.ANSWERED)).order_by("-answered_at", "-pk")
    if part == "retirees":
        return _with_lines(seen.filter(state=DataRequest.State.WITHDRAWN)).order_by("-withdrawn_at", "-pk")
    waiting = seen.late(viewer.today) if part == "retard" else seen.waiting()
    return _with_lines(waiting).order_by("due", "pk")


def _with_lines(found: "QuerySet[DataRequest]") -> "QuerySet[DataRequest]":
    counts = {"number": Count("lines"), "ready": Count("lines", filter=~Q(lines__outcome=""))}
    return found.annotate(**counts).select_related("subject", "asked_by", "school", "taken_by")


def number_kept_away(viewer: Viewer) -> int:
    """How many wait that the viewer may not answer, since they bear on them or their family."""
    return DataRequest.objects.of_the_family(viewer).waiting().count()


@dataclass(frozen=True)
class LineShown:
    """A line and its kind in words; `told`: its answer may be read by whoever asked."""

    line: RequestLine
    kind: str
    told: bool


def lines_of(request: DataRequest) -> list[LineShown]:
    rows = request.lines.select_related("answered_by", "applied_by")
    return [LineShown(line, kind_said(line.kind), request.is_told) for line in rows]


# Erasing what was granted


@dataclass(frozen=True)
class Erasure:
    """What erasing one kind would do. `elsewhere`: another school knows the person, whose rows are not ours to erase."""

    label: str
    text: str
    rows: int
    elsewhere: bool
    forget: Callable[[int], int]


def may_be_erased(request: DataRequest, line: RequestLine) -> PersonalData | None:
    """The kind that a granted line lets erase from here, else None: `forget` erases the whole of it, never a part or one row."""
    granted = line.right == Right.ERASE and line.outcome == Outcome.GRANTED and not line.which
    entry = entry_of(line.kind) if line.kind else None
    if not granted or request.state != DataRequest.State.ANSWERED or entry is None:
        return None
    return entry if entry.forget and entry.erases else None


def erasure_of(request: DataRequest, line: RequestLine) -> Erasure | None:
    """What the erasure of a granted line would do, or None when it is not done from here."""
    entry = may_be_erased(request, line)
    if entry is None or entry.forget is None:
        return None
    return Erasure(
        label=str(entry.label),
        text=str(entry.erases),
        rows=rows_about(entry, request.subject).count(),
        elsewhere=known_elsewhere(request.subject, request.school_id),
        forget=entry.forget,
    )


def known_elsewhere(person: Person, school_id: int) -> bool:
    """Did this person, or a child of theirs, ever belong to another school? What `forget` erases is of all schools."""
    held = Holding.objects.exclude(school=school_id)
    children = Guardianship.objects.of_another().filter(guardian=person.pk).values("pupil_id")
    learnt = held.filter(person__in=children, role=Role.PUPIL)
    return held.filter(person=person.pk).exists() or learnt.exists()
