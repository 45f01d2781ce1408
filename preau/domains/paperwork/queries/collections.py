"""Whom a collection asks, what misses of it, and collections in lists, in the search and in « À répondre »."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

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

from preau.commons.asking.queries import audience, finding
from preau.commons.asking.queries.reaching import reasons
from preau.commons.delivery.queries import is_texted, said_of_reach
from preau.directory.counting import number_of
from preau.directory.models import Enrolment, Group, Guardianship, Holding, Person, SchoolYear
from preau.directory.models.scoping import active_on
from preau.directory.rules.authority import MAJORITY, eighteen_years_before
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role, level_rank, level_said
from preau.domains.paperwork.models import Collection, Dossier, Piece, Submission
from preau.foundation import dates
from preau.foundation.awaited import Row, row_of
from preau.foundation.boards import Awaited, Hit
from preau.foundation.lookup import LookupTerms, titled
from preau.identity.models import Account

SOURCE = "paperwork"
# So many names of levels and classes are said, the others counted.
NAMED = 5


# Whom it asks


def groups_for(viewer: Viewer) -> "QuerySet[Group]":
    """The classes and groups of this year."""
    return audience.groups_for(viewer, everybody=True)


def levels_for(viewer: Viewer) -> list[str]:
    """The levels of this year's classes."""
    found = groups_for(viewer).classes().exclude(level="")  # type: ignore[attr-defined]
    return list(dict.fromkeys(found.order_by("rank", "level").values_list("level", flat=True)))


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
    meant = Q(pk__in=learnt.values("pupil_id")) | Q(pk__in=collection.pupils.values("pk"))
    return audience.pupils_here(collection.school_id, today).filter(meant).order_by("pk")


def arrived_since(collection: Collection, today: date) -> "QuerySet[Person]":
    """Whom its classes have gained since it was opened: they have no dossier yet."""
    known = Dossier.objects.filter(collection=collection.pk).order_by().values("pupil_id")
    return pupils_meant(collection, today).exclude(pk__in=known)


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
    """The dossiers that miss something: those of which somebody can be told, and how many of which nobody can. `arrived`: how many
    pupils have come since, and are not asked yet."""

    told: list[int]
    beyond: int
    arrived: int = 0


def reminder_of(collection: Collection, today: date) -> Reach:
    """Whom a reminder would reach, on Préau, by mail or, where the school offers it, by text message; and who has come since (one
    query)."""
    links = Guardianship.objects.informed(today).of_another().filter(pupil=OuterRef("pupil_id"))
    of_age = Q(pupil__birth_date__lte=eighteen_years_before(today))
    texted = is_texted(collection.school_id, "guardian")
    themselves = Person.objects.filter(pk=OuterRef("pupil_id"))
    is_told = Case(
        When(of_age, then=Exists(_reached(themselves, "pk", is_texted(collection.school_id, "")))),
        default=Exists(_reached(links, "guardian", texted)),
        output_field=BooleanField(),
    )
    rows = _missing(collection, today).annotate(is_told=is_told)
    unasked = Cast(Value(None), BooleanField())
    arrived = arrived_since(collection, today).order_by().annotate(is_told=unasked)
    both = rows.order_by().values_list("pk", "is_told").union(arrived.values_list("pk", "is_told"), all=True)
    found = [(pk, is_told) for pk, is_told in both if is_told is not None]
    dossiers = sorted(pk for pk, is_told in found if is_told)
    return Reach(dossiers, len(found) - len(dossiers), len(both) - len(found))


def ways_said(collection: Collection, pupils: Sequence[Person], today: date) -> str:
    """How many of those who would send something for these pupils are reached by what."""
    asked = people_asked(pupils, today)
    people = {person for found in asked.values() for person in found}
    return said_of_reach(collection.school, people, untexted=audience.minors_among(pupils, today))


def ways_left(collection: Collection, today: date) -> str:
    """The same of those to whom a reminder would be said: « 38 sur Préau · 4 par SMS… · 2 sur papier »."""
    rows = _missing(collection, today).select_related("pupil").order_by("pk")
    return ways_said(collection, [row.pupil for row in rows], today)


@dataclass(frozen=True)
class PaperRow:
    """Somebody who is asked on paper for what misses of a dossier, and why."""

    dossier: int
    pupil: Person
    person: Person
    why: str


def on_paper(collection: Collection, today: date) -> list[PaperRow]:
    """Who has opened no account among those who must still send something, pupil by pupil (five queries)."""
    rows = list(_missing(collection, today).select_related("pupil").order_by("pupil__search_name", "pk"))
    asked = people_asked([row.pupil for row in rows], today)
    people = Person.objects.in_bulk({person for found in asked.values() for person in found})
    minors = audience.minors_among((row.pupil for row in rows), today)
    lines = [(row.pk, people[person]) for row in rows for person in asked.get(row.pupil_id, ())]
    why = reasons("paperwork", collection.school, lines, end_of(collection), untexted=minors)
    return [
        PaperRow(row.pk, row.pupil, people[person], reason)
        for row in rows
        for person in asked.get(row.pupil_id, ())
        if (reason := why[row.pk, person])
    ]


def _reached(rows: Any, person: str, otherwise: Q | None = None) -> Any:
    """Those of these people (`person`: where they are in the rows) who have an account that is open, an address of mail, or `otherwise`."""
    opened = Account.objects.filter(person=OuterRef(person), is_active=True).exclude(password="")
    opened = opened.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    address = "email" if person == "pk" else f"{person}__email"
    reached = ~Q(**{address: ""}) | Exists(opened)
    return rows.filter(reached | otherwise if otherwise is not None else reached)


def end_of(collection: Collection) -> datetime:
    """The midnight that ends its last day, on the school's clock."""
    zone = ZoneInfo(collection.school.timezone)
    return datetime.combine(collection.last_day + timedelta(days=1), time(), zone)


def is_missing(dossier: Dossier) -> bool:
    return Dossier.objects.filter(_is_missing(), pk=dossier.pk).exists()


def awaited_dossiers(viewer: Viewer) -> "QuerySet[Dossier]":
    """Those for which this person has still something to send."""
    found = Dossier.objects.visible_to(viewer).filter(
        _is_missing(), is_here(viewer.today), collection__state=Collection.State.OPEN
    )
    if viewer.is_guardian:
        # From eighteen a pupil sends alone.
        of_age = Q(pupil__birth_date__lte=viewer.years_ago(MAJORITY))
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
    parts = named[:NAMED]
    if len(named) > NAMED:
        more = len(named) - NAMED
        parts.append(ngettext("%(num)s autre", "%(num)s autres", more) % {"num": more})
    if collection.chosen:
        more = collection.chosen
        parts.append(ngettext("%(num)s élève choisi", "%(num)s élèves choisis", more) % {"num": more})
    return (
        _("%(first)s et %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}
        if parts[1:]
        else "".join(parts)
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


CHECKING = "paperwork.checking"


def rows_to_check(viewer: Viewer) -> "QuerySet[Collection, Any]":
    """For « À répondre » of the head: the collections of which something is to be checked, and how many documents."""
    came = Submission.objects.visible_to(viewer).to_check().filter(dossier__collection=OuterRef("pk"))
    counted = came.order_by().values("dossier__collection").annotate(number=Count("pk")).values("number")
    found = Collection.objects.in_school(viewer).annotate(number=Subquery(counted)).filter(number__gt=0)
    return row_of(found, CHECKING, text="title", word="number", ends="opened_at")


def papers_to_check(viewer: Viewer, rows: Sequence[Row]) -> list[Awaited]:
    """Each with the page on which its documents are checked, one after the other."""
    found = []
    for row in sorted(rows, key=lambda row: row.key):
        number = int(row.word)
        sentence = ngettext("%(num)s pièce à vérifier", "%(num)s pièces à vérifier", number) % {"num": number}
        url = reverse("paperwork:check", kwargs={"pk": row.key})
        found.append(Awaited(title=row.text, url=url, gesture=_("Vérifier"), text=sentence, icon="file-text"))
    return found


def titles(viewer: Viewer, wanted: LookupTerms) -> "QuerySet[Collection]":
    """By their title; of a family, `word` is the dossier that one opens."""
    mine: Any = Value("")
    if viewer.profile != Profile.STAFF:
        dossier = Dossier.objects.visible_to(viewer).filter(collection=OuterRef("pk"))
        mine = Cast(Subquery(dossier.order_by("pk").values("pk")[:1]), TextField())
    rows = Collection.objects.visible_to(viewer).filter(wanted.may_be_in("search_title"))
    return titled(rows, folded="search_title", title="title", word=mine, at="opened_at")


def collections_found(viewer: Viewer, wanted: LookupTerms, rows: Sequence[tuple[Any, ...]]) -> Sequence[Hit]:
    return finding.hits(wanted, rows, "paperwork:dossier", "paperwork:collection", finding.sent_or_draft)
