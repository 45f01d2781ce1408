"""The places of a viewer: one's own, each class and team, the staff's; what lies in them, and how much room is left."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, Q, QuerySet, Sum, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.commons.drive import rules
from preau.commons.drive.models import Item, Version
from preau.commons.drive.models.scoping import groups_learnt, groups_taught
from preau.commons.files.models import StoredFile
from preau.directory.models import Group, Person, School
from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.foundation.text import weight

Kind = Item.Place
KEY = re.compile(r"(classe|equipe)-([1-9][0-9]{0,15})")
NOT_THERE = gettext_lazy(
    "Ce lieu ou ce dossier n’est plus ouvert pour vous. Choisissez-en un autre, puis recommencez."
)
KINDS = {"classe": Kind.CLASS, "equipe": Kind.TEAM}


@dataclass(frozen=True)
class Place:
    """Where things lie: `key` names it in a form (« moi », « classe-12 », « equipe-12 », « personnels »)."""

    kind: Kind
    school_id: int
    owner_id: int | None = None
    group: Group | None = None

    @property
    def key(self) -> str:
        if self.group:
            return f"{'classe' if self.kind == Kind.CLASS else 'equipe'}-{self.group.pk}"
        return "moi" if self.kind == Kind.OWN else "personnels"

    @property
    def name(self) -> str:
        if self.group is None:
            return _("Mes fichiers") if self.kind == Kind.OWN else _("Salle des personnels")
        if self.kind == Kind.TEAM:
            return _("Équipe de %(group)s") % {"group": self.group.name}
        if self.group.kind == Group.Kind.CLASS:
            return _("Classe %(group)s") % {"group": self.group.name}
        return self.group.name

    @property
    def url(self) -> str:
        if self.group is None:
            return reverse("drive:home" if self.kind == Kind.OWN else "drive:staff")
        address = reverse("drive:group", kwargs={"pk": self.group.pk})
        return f"{address}?lieu=equipe" if self.kind == Kind.TEAM else address

    @property
    def facts(self) -> dict[str, Any]:
        """What its items say of it."""
        return {
            "place": self.kind,
            "school_id": self.school_id,
            "owner_id": self.owner_id,
            "group_id": self.group.pk if self.group else None,
        }

    @property
    def where(self) -> Q:
        """Its items, wherever a person's school was when they put them there."""
        if self.kind == Kind.OWN:
            return Q(owner=self.owner_id, place=Kind.OWN)
        if self.group:
            return Q(place=self.kind, group=self.group.pk)
        return Q(place=Kind.STAFF, school=self.school_id)

    @property
    def row(self) -> tuple[type[Any], int]:
        """The row that two gestures in this place wait for."""
        if self.group:
            return Group, self.group.pk
        return (Person, self.owner_id) if self.owner_id else (School, self.school_id)


def school_of(viewer: Viewer) -> int:
    """The school that keeps what one puts among one's own files: that of the seat, that of a first child."""
    return viewer.school_id or viewer.places[0].school.pk


def own_place(viewer: Viewer) -> Place:
    return Place(Kind.OWN, school_of(viewer), owner_id=viewer.person.pk)


def staff_place(viewer: Viewer) -> Place:
    return Place(Kind.STAFF, school_of(viewer))


def place_of(item: Item) -> Place:
    return Place(Kind(item.place), item.school_id, item.owner_id, item.group)


def named(viewer: Viewer, key: str) -> Place | None:
    """The place of this key, where the viewer enters; None where they do not."""
    if key == "moi":
        return own_place(viewer)
    if key == "personnels":
        return staff_place(viewer) if rules.enters_staff(viewer) else None
    found = KEY.fullmatch(key)
    if found is None:
        return None
    group = Group.objects.visible_to(viewer).filter(pk=int(found[2])).first()
    kind = KINDS[found[1]]
    if group is None or not rules.enters_group(viewer, group) or (kind == Kind.TEAM and not viewer.is_staff):
        return None
    return Place(kind, group.school_id, group=group)


def target_named(viewer: Viewer, key: str, number: str) -> tuple[Place, Item | None] | None:
    """A place by its key and one of its folders by its number, "" for none; None for those where one does not enter."""
    place = named(viewer, key)
    if place is None or not number:
        return (place, None) if place else None
    if not number.isascii() or not number.isdigit() or len(number) > 17:
        return None
    folder = Item.objects.opened_by(viewer, int(number))
    if folder is None or not folder.is_folder or place_of(folder).key != place.key:
        return None
    return place, folder


def groups_of(viewer: Viewer) -> list[Group]:
    """The classes, then the groups, of one's own year (one query). Head and school life reach the others from the page of a class."""
    if viewer.is_guardian or not viewer.year:
        return []
    ids = groups_learnt(viewer) if viewer.profile == Profile.PUPIL else groups_taught(viewer)
    rows = Group.objects.filter(pk__in=ids, school=viewer.school_id, year=viewer.year.pk)
    return list(rows.order_by("kind", "rank", "name", "pk"))


@dataclass(frozen=True)
class PlaceRow:
    """A place beside the list, and how many documents lie there."""

    name: str
    url: str
    icon: str
    count: int
    is_here: bool


def place_rows(viewer: Viewer, here: str) -> list[PlaceRow]:
    """The places of a viewer, for every page of files: three queries. `here`: the key of the one that is open."""
    groups = groups_of(viewer)
    counts = _counts(viewer, groups)
    rows = [
        PlaceRow(
            _("Mes fichiers"), reverse("drive:home"), "folder", counts.get((Kind.OWN, None), 0), here == "moi"
        )
    ]
    for group in groups:
        place = Place(Kind.CLASS, group.school_id, group=group)
        both = counts.get((Kind.CLASS, group.pk), 0) + counts.get((Kind.TEAM, group.pk), 0)
        is_here = here in {place.key, f"equipe-{group.pk}"}
        rows.append(PlaceRow(place.name, place.url, "users", both, is_here))
    if rules.enters_staff(viewer):
        count = counts.get((Kind.STAFF, None), 0)
        rows.append(
            PlaceRow(
                _("Salle des personnels"), reverse("drive:staff"), "briefcase", count, here == "personnels"
            )
        )
    return rows


def _counts(viewer: Viewer, groups: Sequence[Group]) -> dict[tuple[str, int | None], int]:
    """How many documents lie in each place that one enters."""
    placed = Q(owner=viewer.person.pk) | Q(group__in=[group.pk for group in groups])
    if rules.enters_staff(viewer):
        placed |= Q(place=Kind.STAFF, school=viewer.school_id)
    rows = Item.objects.present().filter(placed, is_folder=False)
    if viewer.profile == Profile.PUPIL:
        rows = rows.exclude(place=Kind.TEAM).filter(Q(is_handed_in=False) | Q(made_by=viewer.person.pk))
    counted = rows.order_by().values_list("place", "group_id").annotate(Count("pk"))
    return {(place, group): count for place, group, count in counted}


# Room


@dataclass(frozen=True)
class Room:
    """How full a place is: bytes, and the parts that pictures, sounds and texts take."""

    used: int
    allowance: int
    pictures: int
    sounds: int

    @property
    def words(self) -> str:
        """« 620 Mo sur 1 Go »."""
        return _("%(used)s sur %(all)s") % {"used": weight(self.used), "all": weight(self.allowance)}

    @property
    def left(self) -> int:
        return max(0, self.allowance - self.used)

    @property
    def parts(self) -> list[tuple[str, str, int, int]]:
        """Name, weight, and where it begins and how wide it is in hundredths of the room, of each thing that takes some."""
        texts = self.used - self.pictures - self.sounds
        rows = [(_("textes et documents"), texts), (_("images"), self.pictures), (_("sons"), self.sounds)]
        found, start = [], 0
        for name, size in rows:
            if size:
                wide = max(1, round(100 * size / self.allowance))
                found.append((name, weight(size), start, wide))
                start += wide
        return found


def allowance_of(viewer: Viewer, place: Place) -> int:
    return rules.OWN_ROOM[viewer.profile] if place.kind == Kind.OWN else rules.PLACE_ROOM


def room_of(viewer: Viewer, place: Place) -> Room:
    """How full a place is, former versions and its bin included (one query)."""
    held = Version.objects.filter(item__in=Item.objects.filter(place.where)).values("file_id")
    family = Case(
        When(kind__startswith="image/", then=Value("images")),
        When(kind__startswith="audio/", then=Value("sounds")),
        default=Value(""),
        output_field=CharField(),
    )
    rows = StoredFile.objects.filter(pk__in=held).annotate(family=family).order_by()
    sizes = dict(rows.values_list("family").annotate(Sum("size")))
    return Room(
        sum(sizes.values()), allowance_of(viewer, place), sizes.get("images", 0), sizes.get("sounds", 0)
    )


def folders_of(place: Place) -> "QuerySet[Item]":
    """Every folder of a place, to put something in."""
    found: QuerySet[Item] = Item.objects.present().filter(place.where, is_folder=True)
    return found.order_by("name", "pk")
