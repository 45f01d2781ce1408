"""Whom a collection asks, what misses of it, and collections in lists, in the search and in « À répondre »."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.directory.counting import number_of
from preau.directory.models import Enrolment, Group, Guardianship, Holding, Person, SchoolYear
from preau.directory.models.scoping import active_on
from preau.directory.rules.authority import MAJORITY
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role, level_rank, level_said
from preau.domains.paperwork.models import Collection, Dossier, Piece, Submission
from preau.domains.paperwork.models.collections import eighteen_years_before
from preau.foundation import dates
from preau.foundation.awaited import Row, row_of
from preau.foundation.boards import Awaited, Hit
from preau.foundation.lookup import LookupTerms, found_in, titled
from preau.identity.models import Account

SOURCE = "paperwork"
# So many names of levels and classes are said, the others counted.
NAMED = 5


# Whom it asks


def groups_for(viewer: Viewer) -> "QuerySet[Group]":
    """The classes and groups of this year."""
    return Group.objects.in_school(viewer).filter(year=viewer.year).order_by("kind", "name", "pk")


def levels_for(viewer: Viewer) -> list[str]:
    """The levels of this year's classes."""
    found = groups_for(viewer).classes().exclude(level="")  # type: ignore[attr-defined]
    return list(dict.fromkeys(found.order_by("rank", "level").values_list("level", flat=True)))


def pupils_for(viewer: Viewer) -> "QuerySet[Person]":
    held = Holding.objects.pupils_here(viewer).values("person_id")
    return Person.objects.filter(pk__in=held, erased_at=None).order_by("search_name", "pk")


def year_until(school_id: int, last_day: date) -> SchoolYear | None:
    """The school year at the end of which the documents of a collection go: the first that is not over on its last day."""
    return SchoolYear.objects.filter(school=school_id, ends__gte=last_day).order_by("ends", "pk").first()


def pupils_meant(collection: Collection, today: date, year: SchoolYear | None = None) -> "QuerySet[Person]":
    """Who learns today in its levels, classes and groups, and the pupils chosen. `year`: whose classes its levels are, where it is not
    its own: that of the day on which a draft opens."""
    learnt = Enrolment.objects.active(today).filter(school=collection.school_id)
    learnt = learnt.filter(
        Q(group__in=collection.groups.values("pk"))
        | Q(group__year=year.pk if year else collection.year_id, group__level__in=collection.levels)
    )
    here = Holding.objects.active(today).filter(school=collection.school_id, role=Role.PUPIL)
    meant = Q(pk__in=learnt.values("pupil_id")) | Q(pk__in=collection.pupils.values("pk"))
    return Person.objects.filter(meant, pk__in=here.values("person_id"), erased_at=None).order_by("pk")


def people_asked(pupils: Iterable[Person], today: Any) -> dict[int, list[int]]:
    """Who sends for each of these pupils: those who answer for a minor, the pupil from eighteen (one query)."""
    minors, found = [], {}
    for pupil in pupils:
        age = pupil.age_on(today)
        if age is not None and age >= MAJORITY:
            found[pupil.pk] = [pupil.pk]
        else:
            minors.append(pupil.pk)
    links = Guardianship.objects.informed(today).of_another().filter(pupil__in=minors)
    for pupil_id, guardian in links.order_by("pk").values_list("pupil_id", "guardian_id"):
        found.setdefault(pupil_id, []).append(guardian)
    return found


def answers_today(viewer: Viewer, dossier: Dossier) -> bool:
    """Does this person answer for the pupil at this very moment? Asked again under the lock."""
    return viewer.person.pk in people_asked([dossier.pupil], viewer.today).get(dossier.pupil_id, [])


# What misses


def _is_missing() -> Exists:
    """A piece that must be sent, and for which nothing that counts has come."""
    provided = Submission.objects.provided().filter(dossier=OuterRef(OuterRef("pk")), piece=OuterRef("pk"))
    wanted = Piece.objects.filter(collection=OuterRef("collection_id"), is_required=True)
    return Exists(wanted.filter(~Exists(provided)))


def is_here(today: date) -> Exists:
    """Is the pupil still one of the school that asks?"""
    held = Holding.objects.filter(active_on(today), role=Role.PUPIL, person=OuterRef("pupil_id"))
    return Exists(held.filter(school=OuterRef("collection__school_id")))


def missing_in(collection: Collection, today: date) -> list[int]:
    """The dossiers of pupils who are still here, of which something misses (one query)."""
    return list(_missing(collection, today).order_by("pk").values_list("pk", flat=True))


def _missing(collection: Collection, today: date) -> "QuerySet[Dossier]":
    return Dossier.objects.filter(_is_missing(), is_here(today), collection=collection, pupil__erased_at=None)


@dataclass(frozen=True)
class Reach:
    """The dossiers that miss something: those of which somebody can be told, and how many of which nobody can."""

    told: list[int]
    beyond: int


def reach_of(collection: Collection, today: date) -> Reach:
    """Whom a reminder would reach, on Préau or by mail (one query)."""
    links = Guardianship.objects.informed(today).of_another().filter(pupil=OuterRef("pupil_id"))
    of_age = Q(pupil__birth_date__lte=eighteen_years_before(today))
    is_told = Case(
        When(of_age, then=Exists(_reached(Person.objects.filter(pk=OuterRef("pupil_id")), "pk"))),
        default=Exists(_reached(links, "guardian")),
        output_field=BooleanField(),
    )
    rows = _missing(collection, today).annotate(is_told=is_told)
    found = list(rows.order_by("pk").values_list("pk", "is_told"))
    told = [pk for pk, is_told in found if is_told]
    return Reach(told, len(found) - len(told))


def _reached(rows: Any, person: str) -> Any:
    """Those of these people (`person`: where they are in the rows) who have an account that is open, or an address of mail."""
    opened = Account.objects.filter(person=OuterRef(person), is_active=True).exclude(password="")
    opened = opened.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    address = "email" if person == "pk" else f"{person}__email"
    return rows.filter(~Q(**{address: ""}) | Exists(opened))


def is_missing(dossier: Dossier) -> bool:
    return Dossier.objects.filter(_is_missing(), pk=dossier.pk).exists()


def awaited_dossiers(viewer: Viewer) -> "QuerySet[Dossier]":
    """Those for which this person has still something to send."""
    found = Dossier.objects.visible_to(viewer).filter(
        _is_missing(), is_here(viewer.today), collection__state=Collection.State.OPEN
    )
    if viewer.is_guardian:
        # From eighteen a pupil sends alone.
        of_age = Q(pupil__birth_date__lte=eighteen_years_before(viewer.today))
        found = found.filter(Q(pupil__birth_date=None) | ~of_age)
    return found


def rows_to_send(viewer: Viewer) -> "QuerySet[Dossier, Any]":
    """The same for « À répondre »; `more` is how many pieces miss."""
    provided = Submission.objects.provided().filter(dossier=OuterRef(OuterRef("pk")), piece=OuterRef("pk"))
    wanted = Piece.objects.filter(collection=OuterRef("collection_id"), is_required=True)
    missing = wanted.filter(~Exists(provided)).order_by().annotate(every=Value(1)).values("every")
    number = Subquery(missing.annotate(number=Count("pk")).values("number"), output_field=IntegerField())
    return row_of(
        awaited_dossiers(viewer),
        SOURCE,
        about="pupil_id",
        whose="pupil__given_name",
        text="collection__title",
        more=Cast(Coalesce(number, 0), TextField()),
        day="collection__last_day",
    )


def dossiers_to_send(viewer: Viewer, rows: Sequence[Row]) -> list[Awaited]:
    """A line a child and a collection, those that end first before the others."""
    found = []
    for row in sorted(rows, key=lambda row: (row.day, row.key)):
        number, day = int(row.more), row.day
        is_late = day is not None and day < viewer.today
        found.append(
            Awaited(
                title=row.text,
                url=reverse("paperwork:dossier", kwargs={"pk": row.key}),
                gesture=_("Envoyer"),
                about=row.about,
                whose=row.whose,
                when=_("avant le %(day)s") % {"day": dates.day(day)} if day and not is_late else "",
                text=ngettext("%(num)s pièce à envoyer", "%(num)s pièces à envoyer", number)
                % {"num": number},
                day=day,
                word=_("En retard") if is_late else "",
                icon="upload",
            )
        )
    return found


# Lists


@dataclass(frozen=True)
class CollectionRow:
    """A collection as the list of the office shows it."""

    pk: int
    title: str
    state: str
    last_day: date
    whom: str
    dossiers: int
    to_check: int

    @property
    def tag(self) -> tuple[str, str]:
        return {
            "draft": (_("Brouillon"), "todo"),
            "open": (_("Ouverte"), "done"),
            "closed": (_("Terminée"), "neutral"),
        }[self.state]


def collections_of(viewer: Viewer) -> "QuerySet[Collection]":
    """What this member of the staff follows, drafts first, then the latest; each with its numbers."""
    dossiers = Dossier.objects.filter(is_here(viewer.today), collection=OuterRef("pk"), pupil__erased_at=None)
    chosen = Person.objects.filter(document_collections=OuterRef("pk"))
    waiting = Submission.objects.visible_to(viewer).to_check().filter(dossier__collection=OuterRef("pk"))
    return (
        Collection.objects.visible_to(viewer)
        .annotate(dossiers_counted=number_of(dossiers), to_check=number_of(waiting), chosen=number_of(chosen))
        .prefetch_related("groups")
        .order_by(F("opened_at").desc(nulls_first=True), "-pk")
    )


def whom_said(collection: Any) -> str:
    """« 6e, 5e B et 3 élèves choisis »: nobody who is asked is left out of it."""
    named = [
        *map(level_said, sorted(collection.levels, key=level_rank)),
        *(group.name for group in collection.groups.all()),
    ]
    said = named[:NAMED]
    if len(named) > NAMED:
        more = len(named) - NAMED
        said.append(ngettext("%(num)s autre", "%(num)s autres", more) % {"num": more})
    if collection.chosen:
        more = collection.chosen
        said.append(ngettext("%(num)s élève choisi", "%(num)s élèves choisis", more) % {"num": more})
    return (
        _("%(first)s et %(last)s") % {"first": ", ".join(said[:-1]), "last": said[-1]}
        if said[1:]
        else "".join(said)
    )


def rows_of_collections(found: Iterable[Any]) -> list[CollectionRow]:
    return [
        CollectionRow(
            one.pk,
            one.title,
            one.state,
            one.last_day,
            whom_said(one),
            one.dossiers_counted,
            one.to_check,
        )
        for one in found
    ]


def number_to_check(viewer: Viewer) -> Any:
    """For the home: what came, and this person may read."""
    return number_of(Submission.objects.visible_to(viewer).to_check())


def titles(viewer: Viewer, wanted: LookupTerms) -> "QuerySet[Collection]":
    """By their title; of a family, `word` is the dossier that one opens."""
    mine: Any = Value("")
    if viewer.profile != Profile.STAFF:
        dossier = Dossier.objects.visible_to(viewer).filter(collection=OuterRef("pk"))
        mine = Cast(Subquery(dossier.order_by("pk").values("pk")[:1]), TextField())
    rows = Collection.objects.visible_to(viewer).filter(wanted.may_be_in("search_title"))
    return titled(rows, folded="search_title", title="title", word=mine, at="opened_at")


def collections_found(viewer: Viewer, wanted: LookupTerms, rows: Sequence[tuple[Any, ...]]) -> Sequence[Hit]:
    return [
        Hit(
            row.title,
            reverse("paperwork:dossier", kwargs={"pk": int(row.word)})
            if row.word
            else reverse("paperwork:collection", kwargs={"pk": row.pk}),
            dates.day(row.at) if row.at else _("Brouillon"),
            near=row.near,
        )
        for row in found_in(wanted, rows)
    ]
