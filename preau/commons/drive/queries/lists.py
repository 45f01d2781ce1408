"""What lies in a folder, what one has received, what is in the bin, what a search finds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.commons.drive import rules
from preau.commons.drive.models import Item, Nesting, Share
from preau.commons.drive.queries.places import Place, place_of
from preau.commons.files.models import StoredFile
from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.foundation import dates, filekinds
from preau.foundation.boards import Hit
from preau.foundation.lookup import LookupTerms, TitledRow, found_in, titled
from preau.foundation.templating import url
from preau.foundation.text import weight

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Row:
    """One line of a list. `word` and `tone`: the state that its tag says."""

    pk: int
    name: str
    url: str
    icon: str
    detail: str
    glimpse: str = ""
    width: int | None = None
    height: int | None = None
    word: str = ""
    tone: str = "neutral"
    sign: str = ""
    is_kept: bool = False


def in_folder(viewer: Viewer, place: Place, folder: Item | None) -> "QuerySet[Item]":
    """What lies in a folder, or at the top of a place: folders first. Whoever asks has looked at who enters."""
    rows = (
        Item.objects.present().filter(parent=folder)
        if folder
        else Item.objects.present().filter(place.where, parent=None)
    )
    if viewer.profile == Profile.PUPIL and place.kind == Item.Place.CLASS:
        rows = rows.filter(Q(is_handed_in=False) | Q(made_by=viewer.person.pk))
    return rows.select_related("file", "made_by")


def folders_in(found: Sequence[Place]) -> dict[str, list[Item]]:
    """The folders at the top of these places, by the key of each (one query)."""
    wanted = Q(pk=None)
    for place in found:
        wanted |= place.where
    rows = Item.objects.present().filter(wanted, is_folder=True, parent=None)
    folders: dict[str, list[Item]] = {}
    for row in rows.select_related("group").order_by("name", "pk"):
        folders.setdefault(place_of(row).key, []).append(row)
    return folders


KINDS = {
    "images": Q(file__kind__startswith="image/"),
    "sons": Q(file__kind__startswith="audio/"),
    "textes": Q(is_folder=False) & ~Q(file__kind__startswith="image/") & ~Q(file__kind__startswith="audio/"),
}


def of_kind(rows: "QuerySet[Item]", viewer: Viewer, kind: str) -> "QuerySet[Item]":
    """The documents of one kind, or those that one shares."""
    if kind == "partages":
        return rows.filter(Exists(Share.objects.live(viewer).filter(item=OuterRef("pk"))))
    return rows.filter(KINDS[kind]) if kind in KINDS else rows


def rows_of(viewer: Viewer, items: Sequence[Item], shares: dict[int, list[Share]]) -> list[Row]:
    return [_row(viewer, item, shares.get(item.pk, [])) for item in items]


def _row(viewer: Viewer, item: Item, shares: Sequence[Share]) -> Row:
    word, tone, sign = _state(viewer, item, shares)
    file = item.file
    has_glimpse = bool(file and file.has_glimpse and file.state == StoredFile.State.READY)
    return Row(
        item.pk,
        item.name,
        url("drive:item", pk=item.pk),
        _icon(item),
        _detail(viewer, item),
        reverse("files:glimpse", kwargs={"public_id": file.public_id}) if file and has_glimpse else "",
        file.width if file else None,
        file.height if file else None,
        word,
        tone,
        sign,
        rules.keeps(viewer, item),
    )


def _icon(item: Item) -> str:
    return filekinds.KINDS[item.file.kind].icon if item.file else "folder"


def _detail(viewer: Viewer, item: Item) -> str:
    """« Mme Moreau, hier, 84 Mo, 3 versions »."""
    parts = []
    if item.owner_id is None or item.owner_id != viewer.person.pk:
        maker = item.made_by
        if maker and maker.pk != viewer.person.pk:
            parts.append(maker.full_name)
    parts.append(dates.near_day(dates.local(item.changed_at).date(), viewer.today))
    if item.file:
        parts.append(weight(item.file.size))
    if item.versions > 1:
        parts.append(ngettext("%(num)s version", "%(num)s versions", item.versions) % {"num": item.versions})
    return ", ".join(parts)


def _state(viewer: Viewer, item: Item, shares: Sequence[Share]) -> tuple[str, str, str]:
    """What the tag of a line says: with whom, until when; or what one may do there."""
    if item.owner_id is None:
        return _way(viewer, item)
    if item.owner_id != viewer.person.pk:
        return _("Lire"), "neutral", "eye"
    if not shares:
        return _("Pas partagé"), "neutral", "lock"
    last = max(share.until for share in shares)
    if last - viewer.today <= WEEK:
        return until_said(last, viewer.today), "todo", "calendar-event"
    names = [to_said(share) for share in shares]
    shown = ", ".join(names[:2]) + (" …" if len(names) > 2 else "")
    return shown, "done", "users"


def _way(viewer: Viewer, item: Item) -> tuple[str, str, str]:
    if item.place != Item.Place.CLASS:
        return _("Lire et changer"), "done", "pencil"
    if item.is_handed_in:
        return _("Remis au professeur"), "done", "check"
    ways = {
        Item.PupilsMay.READ: (_("Lire"), "neutral", "eye"),
        Item.PupilsMay.ADD: (_("Lire et ajouter"), "done", "plus"),
        Item.PupilsMay.HAND_IN: (_("À remettre ici"), "todo", "upload"),
    }
    return ways[Item.PupilsMay(item.pupils_may)] if item.is_folder else ways[Item.PupilsMay.READ]


# Shares


def shares_of(viewer: Viewer, items: Iterable[int]) -> dict[int, list[Share]]:
    """The shares of these that last today, each with its readers (one query)."""
    found: dict[int, list[Share]] = {}
    rows = Share.objects.live(viewer).filter(item__in=list(items)).select_related("person", "group", "item")
    for share in rows:
        found.setdefault(share.item_id, []).append(share)
    return found


def to_said(share: Share) -> str:
    """« Toute la 5e B », « les familles de 5e B », « Mme Ward »."""
    name = share.group.name if share.group else share.person.full_name if share.person else ""
    return {
        Share.To.PERSON: name,
        Share.To.CLASS: _("Toute la classe %(group)s") % {"group": name},
        Share.To.FAMILIES: _("Familles de %(group)s") % {"group": name},
        Share.To.TEAM: _("Professeurs de %(group)s") % {"group": name},
        Share.To.STAFF: _("Tous les personnels"),
    }[Share.To(share.to)]


def ending_soon(viewer: Viewer) -> int:
    """How many of one's own shares end within the week."""
    last = viewer.today + WEEK
    return Share.objects.live(viewer).filter(item__owner=viewer.person.pk, until__lte=last).count()


def until_said(last: date, today: date) -> str:
    """« Jusqu’à ce soir », « Jusqu’à vendredi », « Jusqu’au lundi 14 décembre »."""
    days = (last - today).days
    if days < 2:
        return _("Jusqu’à demain soir") if days == 1 else _("Jusqu’à ce soir")
    if days < 7:
        return _("Jusqu’à %(day)s") % {"day": dates.DAYS[last.weekday()]}
    return _("Jusqu’au %(day)s") % {"day": dates.day(last, year=last.year != today.year)}


def received(viewer: Viewer) -> "QuerySet[Item]":
    """What others share with this seat today: the thing that they chose, not what a folder holds."""
    found: QuerySet[Item] = Item.objects.present().filter(
        pk__in=Share.objects.received_by(viewer).values("item_id")
    )
    return found.select_related("file", "made_by", "owner").order_by("-changed_at", "-pk")


def received_until(viewer: Viewer, items: Iterable[int]) -> dict[int, Any]:
    """Until when one may read each of these."""
    rows = Share.objects.received_by(viewer).filter(item__in=list(items)).order_by("until")
    return dict(rows.values_list("item_id", "until"))


def received_rows(viewer: Viewer, items: Sequence[Item]) -> list[Row]:
    """What one received, each with the day until which it may be read (one query)."""
    until = received_until(viewer, [item.pk for item in items])
    rows = []
    for item in items:
        row = _row(viewer, item, [])
        last = until.get(item.pk)
        word = until_said(last, viewer.today) if last else ""
        rows.append(replace(row, word=word, sign="calendar-event", tone="neutral"))
    return rows


def bin_rows(viewer: Viewer, items: Sequence[Item]) -> list[Row]:
    """What is in the bin: where it was, since when."""
    rows = []
    for item in items:
        when = dates.near_day(dates.local(item.trashed_at).date(), viewer.today) if item.trashed_at else ""
        detail = f"{place_of(item).name}, {_('jeté')} {when}"
        rows.append(replace(_row(viewer, item, []), detail=detail, url="", word=""))
    return rows


def bin_of(viewer: Viewer) -> "QuerySet[Item]":
    """What this person may take out of the bin: their own, and what they threw away in a place."""
    mine = Q(owner=viewer.person.pk) | Q(trashed_by=viewer.person.pk)
    found: QuerySet[Item] = Item.objects.visible_to(viewer).trashed().filter(mine)
    return found.select_related("file", "group", "made_by").order_by("-trashed_at", "-pk")


MOST_PICKED = 40


def to_pick(viewer: Viewer) -> list[Item]:
    """One's own documents, the last ones first: those that one sent oneself, and that may be handed over (one query)."""
    mine = Item.objects.present().filter(owner=viewer.person.pk, is_folder=False)
    mine = mine.filter(file__kept_by=viewer.person.pk, file__state=StoredFile.State.READY)
    return list(mine.select_related("file", "parent").order_by("-changed_at", "-pk")[:MOST_PICKED])


# The way down


def way_to(viewer: Viewer, item: Item) -> list[tuple[str, str]]:
    """Names and addresses from the place to the item itself, which has none. Of what somebody shares, from what they shared (one query)."""
    above = (
        Nesting.objects.filter(item=item.pk, depth__gt=0)
        .order_by("-depth")
        .values_list("above_id", "above__name")
    )
    shared = item.owner_id is not None and item.owner_id != viewer.person.pk
    if shared:
        above = above.filter(above__in=Item.objects.visible_to(viewer))
        first = (_("Reçus"), reverse("drive:received"))
    else:
        place = place_of(item)
        first = (place.name, place.url)
    steps = [(name, url("drive:item", pk=pk)) for pk, name in above]
    return [first, *steps, (item.name, "")]


# Search


def titles(viewer: Viewer, wanted: LookupTerms) -> "QuerySet[Item]":
    """The documents and folders that one sees, by the words of their name, then by those that they hold."""
    inside = wanted.begin_in("search_name", "file__content__words")
    rows = Item.objects.visible_to(viewer).present().filter(wanted.may_be_in("search_name") | inside)
    return titled(rows, folded="search_name", title="name", at="changed_at", inside=inside)


def items_found(viewer: Viewer, wanted: LookupTerms, rows: Sequence[tuple[Any, ...]]) -> list[Hit]:
    return [_hit(viewer, row) for row in found_in(wanted, rows)]


def _hit(viewer: Viewer, row: TitledRow) -> Hit:
    when = dates.near_day(dates.local(row.at).date(), viewer.today) if row.at else ""
    where = _("dans le texte") if row.by_words else ""
    detail = " · ".join(filter(None, [where, when]))
    return Hit(row.title, url("drive:item", pk=row.pk), detail, near=row.near)
