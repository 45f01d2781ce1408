"""The boxes of a person: conversations received, written, to leave, drafts, thrown away, and folders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from preau.directory.counting import number_up_to
from preau.directory.viewer import Viewer
from preau.domains.messaging.models import Delivery, Folder, Freeze, Message
from preau.domains.messaging.queries import hours
from preau.foundation import dates, text
from preau.foundation.boards import Hit
from preau.foundation.lookup import LookupTerms, fold_title
from preau.foundation.prepared import Lines, Prepared
from preau.foundation.templating import url

RECEIVED, WRITTEN, LEAVING, DRAFTS, BIN = "recus", "envoyes", "partiront", "brouillons", "corbeille"
WHO = {"familles": "guardian", "eleves": "pupil", "equipe": "staff"}
COLUMNS = (
    "pk",
    "thread_id",
    "kind",
    "arrived_at",
    "read_at",
    "flagged",
    "message__subject",
    "message__excerpt",
    "message__state",
    "message__urgent",
    "message__seat",
    "message__author_id",
    "message__author__given_name",
    "message__author__family_name",
    "message__shown",
    "message__people",
)
A_DAY = timedelta(days=1)
# Two lines of a phone, in characters.
FIRST_WORDS = 90
# A box longer than that says « plus de … »: nobody turns twenty pages, and counting costs what it counts.
MOST_COUNTED = 400


@dataclass(frozen=True)
class Row:
    """One conversation of a box."""

    pk: int
    thread: int
    who: str
    initials: str
    subject: str
    excerpt: str
    when: str
    unread: bool
    flagged: bool
    urgent: bool


def near_moment(moment: datetime, viewer: Viewer) -> str:
    """« 20 h 12 », « hier », « lun. 23 nov. »."""
    day = dates.local(moment, viewer.school.timezone if viewer.school else "").date()
    if day == viewer.today:
        return dates.hour(moment)
    near = dates.near_day(day, viewer.today)
    return near if (viewer.today - day).days == 1 else dates.short_day(day)


def _row(line: Mapping[str, Any], viewer: Viewer) -> Row:
    given, family = line["message__author__given_name"] or "", line["message__author__family_name"] or ""
    who = f"{given} {family}".strip() or str(_("Personne effacée"))
    if line["kind"] == Delivery.Kind.FROM:
        who = _("À : %(names)s") % {"names": said_to(line["message__shown"])}
    gone = line["message__state"] == Message.State.RECALLED
    return Row(
        pk=line["pk"],
        thread=line["thread_id"],
        who=who,
        initials=text.initials(given, family),
        subject=line["message__subject"] or _("Sans objet"),
        excerpt=_("Message rappelé par son auteur")
        if gone
        else Truncator(line["message__excerpt"]).chars(FIRST_WORDS),
        when=near_moment(line["arrived_at"], viewer),
        unread=line["read_at"] is None,
        flagged=line["flagged"],
        urgent=bool(line["message__urgent"]),
    )


def said_to(shown: Mapping[str, Sequence[str]]) -> str:
    """« Julie Abadie, Parents de 5e B et 2 autres »."""
    names = [*shown.get("to", ()), *shown.get("cc", ())]
    more = len(names) - 3
    label = ", ".join(names[:3])
    return _("%(names)s et %(num)s de plus") % {"names": label, "num": more} if more > 0 else label


def box(viewer: Viewer, name: str, chosen: Mapping[str, Any]) -> "QuerySet[Delivery]":
    """The conversations of a box, latest first, as filters narrow them."""
    rows = Delivery.objects.visible_to(viewer)
    if name == BIN:
        rows = rows.filter(trashed_at__isnull=False)
    else:
        rows = rows.filter(latest=True, trashed_at=None)
        rows = rows.filter(kind=Delivery.Kind.FROM) if name == WRITTEN else rows.received()
    if chosen.get("dossier"):
        rows = rows.filter(folder=chosen["dossier"])
    if chosen.get("dequi") in WHO:
        rows = rows.filter(message__seat__startswith=WHO[chosen["dequi"]])
    if chosen.get("lecture") == "nonlus":
        rows = rows.unread()
    elif chosen.get("lecture") == "suivis":
        rows = rows.filter(flagged=True)
    for word in text.fold(chosen.get("q") or "").split()[:8]:
        rows = rows.filter(message__search_text__contains=word)
    return rows.order_by("-arrived_at", "-pk")


def rows_of(viewer: Viewer, found: "QuerySet[Delivery]", first: int, last: int) -> list[Row]:
    return [_row(line, viewer) for line in found.values(*COLUMNS)[first:last]]


def page_lines(viewer: Viewer, found: "QuerySet[Delivery]") -> Lines:
    """A box by pages; it is counted as far as anybody goes."""
    return Lines(
        found.order_by()[:MOST_COUNTED].count,
        lambda first, last: rows_of(viewer, found, first, last),
    )


def _unread(viewer: Viewer) -> "QuerySet[Delivery]":
    return Delivery.objects.visible_to(viewer).received().kept().unread()


# A hundred says that there are more.
MOST_UNREAD = 100


def number_unread(viewer: Viewer) -> Coalesce:
    """How many are not read, as a part of another query: the menu of every page says it."""
    return number_up_to(_unread(viewer), MOST_UNREAD)


UNREAD = Prepared(lambda viewer: _unread(viewer).values_list("pk", flat=True)[:MOST_UNREAD])


def unread_count(viewer: Viewer) -> int:
    """How many messages are not read (one query)."""
    return len(list(UNREAD(viewer)))


def drafts_of(viewer: Viewer) -> "QuerySet[Message]":
    return Message.objects.written_by(viewer).drafts().order_by("-changed_at", "-pk")


def leaving_of(viewer: Viewer) -> "QuerySet[Message]":
    """What one wrote and that has not left: at its hour, or held for an adult."""
    return (
        Message.objects.written_by(viewer)
        .to_leave()
        .select_related("school__delivery_policy")
        .order_by("asked_for", "pk")
    )


def departures(rows: Sequence[Message]) -> dict[int, datetime]:
    """When each of those that wait for their hour leaves, the hours of its school being what they are (two queries)."""
    waiting = [row for row in rows if row.asked_for]
    hours_by_school = hours.hours_of_schools(row.school for row in waiting)
    return {
        row.pk: hours.departure(hours_by_school[row.school_id], row.asked_for, urgent=bool(row.urgent))
        for row in waiting
        if row.asked_for
    }


def leaving_count(viewer: Viewer) -> int:
    return leaving_of(viewer).count()


def folders_of(viewer: Viewer) -> "QuerySet[Folder]":
    return Folder.objects.visible_to(viewer)


SCHEDULED = Prepared(
    lambda viewer, since, until: (
        Message.objects.written_by(viewer)
        .filter(state=Message.State.SCHEDULED, asked_for__gte=since, asked_for__lt=until)
        .select_related("school")
        .order_by("asked_for")
    )
)


def scheduled_between(viewer: Viewer, first: date, last: date) -> list[Message]:
    """What one wrote and that will leave between two days, both included."""
    since, until = (timezone.make_aware(datetime.combine(day, time())) for day in (first, last + A_DAY))
    return SCHEDULED(viewer, since, until)


LATEST = Prepared(
    lambda viewer: (
        Delivery.objects.visible_to(viewer)
        .kept()
        .filter(~Exists(Freeze.objects.filter(person=viewer.person.pk, lifted_at=None)), latest=True)
        .exclude(message__state=Message.State.RECALLED)
        .order_by("-arrived_at", "-pk")
        .values_list(
            "thread_id",
            "message__subject",
            "arrived_at",
            "kind",
            "message__author__given_name",
            "message__author__family_name",
        )[:200]
    )
)


def messages_found(viewer: Viewer, wanted: LookupTerms) -> list[Hit]:
    """The last conversations of the viewer, by the words of their object and the name of who wrote to them (one query)."""

    def words(row: tuple[Any, ...]) -> str:
        return fold_title(f"{row[1]} {_author(row)}")

    return [
        Hit(
            row[1] or str(_("Sans objet")),
            url("messaging:thread", pk=row[0]),
            " · ".join(
                filter(None, [_author(row), dates.near_day(dates.local(row[2]).date(), viewer.today)])
            ),
            near=slips > 0,
        )
        for row, slips in wanted.best(LATEST(viewer), words)
    ]


def _author(row: tuple[Any, ...]) -> str:
    """Of what one wrote, nobody else's name."""
    *_rest, kind, given, family = row
    return "" if kind == Delivery.Kind.FROM else f"{given or ''} {family or ''}".strip()
