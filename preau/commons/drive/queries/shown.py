"""One document as its page shows it: read in the page, with whom it is shared, its versions, who opened it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import unified_diff
from typing import Any

from django.utils.translation import gettext as _

from preau.commons.drive import rules
from preau.commons.drive.models import Content, Item, Opening, Share, Version
from preau.commons.drive.queries.lists import to_said, until_said
from preau.commons.files.models import StoredFile
from preau.commons.files.queries import FileRow, rows_of
from preau.commons.files.queries.reading import How, Reading, readings_of
from preau.directory.models import Assignment, Enrolment, Group, Guardianship, Holding, Person
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.foundation import dates, filekinds, vault
from preau.foundation.text import weight

MOST_OPENINGS = 60
# What is compared of a text, and how many lines of the comparison are shown.
MOST_COMPARED, MOST_LINES = 200_000, 400


@dataclass(frozen=True)
class ShareRow:
    """With whom, until when."""

    pk: int
    name: str
    until: str
    icon: str


def share_rows(viewer: Viewer, shares: Sequence[Share]) -> list[ShareRow]:
    icons = {Share.To.PERSON: "id-badge-2", Share.To.FAMILIES: "home", Share.To.STAFF: "briefcase"}
    return [
        ShareRow(
            share.pk,
            to_said(share),
            until_said(share.until, viewer.today),
            icons.get(Share.To(share.to), "users"),
        )
        for share in shares
    ]


# What it says


def reading_of(item: Item) -> Reading | None:
    """The document as its page shows it: of an office file, its words alone; of a picture, what it shows for who does not see it."""
    if item.file is None:
        return None
    (reading,) = readings_of([item.file])
    content: Content | None = getattr(item.file, "content", None)
    if reading.how == How.PICTURE:
        return replace(reading, description=item.description)
    if reading.how == How.NONE and reading.file.url and content and content.text:
        return replace(reading, how=How.TEXT, text=content.text, bare=True)
    return reading


def advice_of(item: Item) -> list[tuple[str, str]]:
    """What its keeper may mend so that everyone reads it: titles and sentences."""
    content: Content | None = getattr(item.file, "content", None) if item.file else None
    if item.is_picture and not item.description:
        return [
            (
                _("Que montre cette image ?"),
                _("Qui ne la voit pas n’en lit que le nom. Dites-le en une phrase."),
            )
        ]
    if content is None or content.is_tagged is None:
        return []
    if content.pages and not content.words:
        sentence = _(
            "Ses pages sont des images : rien ne s’y lit à voix haute, rien ne s’y trouve. Joignez aussi le texte."
        )
        return [(_("Aucun mot dans ce PDF"), sentence)]
    if not content.is_tagged:
        sentence = _(
            "Un lecteur d’écran y perd les titres, les listes et les tableaux. Enregistrez-le de nouveau : dans LibreOffice, « PDF balisé » ; "
            "dans Word, « Balises de structure de document pour l’accessibilité »."
        )
        return [(_("PDF sans balises"), sentence)]
    return []


# Who opened it


@dataclass(frozen=True)
class OpeningRow:
    """Who, and when for the last time."""

    name: str
    initials: str
    when: str
    times: int


def opening_rows(viewer: Viewer, item: Item) -> list[OpeningRow]:
    """Who else opened it, the last ones first (one query)."""
    rows = Opening.objects.visible_to(viewer).filter(item=item).select_related("person")[:MOST_OPENINGS]
    return [
        OpeningRow(row.person.full_name, row.person.initials, _when(viewer, row.last_at), row.times)
        for row in rows
    ]


def _when(viewer: Viewer, moment: datetime) -> str:
    day = dates.near_day(dates.local(moment).date(), viewer.today)
    return f"{day}, {dates.hour(moment)}"


def readers_count(viewer: Viewer, shares: Sequence[Share], item: Item) -> int:
    """How many people may open it, families left out, of whom no opening is noted."""
    people = {share.person_id for share in shares if share.to == Share.To.PERSON}
    classes = [share.group_id for share in shares if share.to == Share.To.CLASS]
    teams = [share.group_id for share in shares if share.to in {Share.To.CLASS, Share.To.TEAM}]
    if item.group_id:
        teams.append(item.group_id)
        classes += [item.group_id] if item.place == Item.Place.CLASS else []
    day = viewer.today
    if classes:
        people |= set(
            Enrolment.objects.filter(active_on(day), group__in=classes).values_list("pupil_id", flat=True)
        )
    if teams:
        people |= set(
            Assignment.objects.filter(active_on(day), group__in=teams).values_list("teacher_id", flat=True)
        )
    if item.place == Item.Place.STAFF or any(share.to == Share.To.STAFF for share in shares):
        held = Holding.objects.filter(active_on(day), school=item.school_id)
        adults = [role for role in Role if role.profile == Profile.STAFF]
        people |= set(held.filter(role__in=adults).values_list("person_id", flat=True))
    return len(people - {item.owner_id, item.made_by_id if item.owner_id is None else item.owner_id, None})


# Versions


@dataclass(frozen=True)
class VersionRow:
    """A version: its number, by whom, when, its weight, its address; `is_text`: it may be compared with the last one."""

    pk: int
    number: int
    by: str
    when: str
    size: str
    file: FileRow
    is_last: bool
    is_text: bool


def version_rows(viewer: Viewer, item: Item) -> list[VersionRow]:
    """The versions that this viewer may read, the last one first (one query)."""
    rows = list(
        Version.objects.visible_to(viewer)
        .filter(item=item)
        .select_related("file", "made_by")[: rules.MOST_VERSIONS]
    )
    files = rows_of(row.file for row in rows)
    return [
        VersionRow(
            row.pk,
            row.number,
            row.made_by.full_name if row.made_by and row.made_by != viewer.person else "",
            _when(viewer, row.made_at),
            weight(row.file.size),
            file,
            row.number == item.versions,
            row.file.kind in filekinds.TEXT,
        )
        for row, file in zip(rows, files, strict=True)
    ]


@dataclass(frozen=True)
class Line:
    """A line of a comparison: added, removed, or the same."""

    sign: str
    word: str
    text: str


def compared(older: Version, newer: Version) -> list[Line]:
    """What changed from one text to another, line by line; empty where they are the same, or are no texts."""
    texts = [_text(one.file) for one in (older, newer)]
    if None in texts:
        return []
    before, after = ((text or "").splitlines() for text in texts)
    lines = list(unified_diff(before, after, lineterm="", n=2))[2:MOST_LINES]
    words = {"+": ("+", _("ajouté")), "-": ("−", _("retiré")), "@": ("…", "")}
    found = []
    for line in lines:
        sign, word = words.get(line[:1], ("", ""))
        found.append(Line(sign, word, "" if line.startswith("@@") else line[1:]))
    return found


def _text(file: StoredFile) -> str | None:
    if file.kind not in filekinds.TEXT or file.state != StoredFile.State.READY:
        return None
    try:
        with vault.path_of(file.public_id).open("rb") as source:
            return source.read(MOST_COMPARED).decode("utf-8", "replace")
    except FileNotFoundError:
        return None


# With whom one may share


def groups_to_share(viewer: Viewer, groups: Sequence[Group]) -> list[tuple[str, str]]:
    """Keys and words of the classes and groups with which one may share: of a pupil, their own alone, teachers included."""
    found = []
    for group in groups:
        name = group.name
        found.append((f"class-{group.pk}", _("%(group)s : élèves et professeurs") % {"group": name}))
        if viewer.is_staff:
            found.append((f"families-{group.pk}", _("%(group)s : familles") % {"group": name}))
            found.append((f"team-{group.pk}", _("%(group)s : professeurs") % {"group": name}))
    if viewer.is_staff:
        found.append(("staff", _("Tous les personnels")))
    return found


def people_to_share(viewer: Viewer) -> Any:
    """One person at a time: colleagues, for the staff; the teachers of a pupil, for the pupil and the family. Never one pupil with another."""
    held = Holding.objects.filter(active_on(viewer.today)).exclude(person=viewer.person.pk)
    if viewer.is_staff:
        adults = [role for role in Role if role.profile == Profile.STAFF]
        ids = held.filter(school=viewer.school_id, role__in=adults).values("person_id")
    else:
        learnt = Enrolment.objects.filter(active_on(viewer.today), pupil__in=viewer.own_pupils())
        teaching = Assignment.objects.filter(active_on(viewer.today), group__in=learnt.values("group_id"))
        ids = teaching.values("teacher_id")
    return Person.objects.filter(pk__in=ids, erased_at=None).order_by("search_name", "pk")


def families_of(group: int, viewer: Viewer) -> Any:
    """Those who answer for the pupils of a class today."""
    learnt = Enrolment.objects.filter(active_on(viewer.today), group=group).values("pupil_id")
    return Guardianship.objects.informed(viewer.today).of_another().filter(pupil__in=learnt)
