"""What a bulletin says: gathered for a class when it is made, read again from what was kept ever after."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT
from django.urls import reverse

from preau.directory.models import Assignment, Enrolment, Group, Period, Person
from preau.directory.queries.finding import pupils_here
from preau.directory.rules.subjects import Look, look_of
from preau.directory.viewer import Place, Viewer
from preau.domains.attendance.queries.counts import Missed, missed_counts
from preau.domains.gradebook.boards import Position, SettledAverage, positions
from preau.domains.gradebook.models import Mark
from preau.domains.gradebook.queries.figures import Spread, number
from preau.domains.gradebook.queries.pupil_reading import PupilMarks
from preau.domains.gradebook.queries.read_marks import ClassMarks, Learning, class_marks
from preau.domains.report_cards.models import Appreciation, CardBatch, ReportCard
from preau.domains.report_cards.models.settings import Column
from preau.domains.report_cards.queries.councils import ATTENDANCE, Room, Seat, room_of
from preau.domains.report_cards.rules.access import Kind
from preau.foundation.prepared import Prepared
from preau.foundation.text import natural

Content = dict[str, Any]
# The shape of what is kept: whoever reads an old bulletin knows by it what to expect.
FORM = 2


def digest_of(content: Content) -> str:
    """The SHA-256 of what a bulletin says, whatever the order in which a database gives it back."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Gathered:
    """What the bulletins of a class are made of: a few statements for all."""

    viewer: Viewer
    room: Room
    periods: Sequence[Period]
    held: ClassMarks
    groups: Mapping[int, set[int]]
    texts: Mapping[int, Sequence[Appreciation]]
    teachers: Mapping[tuple[int, int], Sequence[str]]
    leader: str
    missed: Mapping[int, Missed] | None
    levels: Mapping[int, Sequence[Position]]
    signature: str = ""

    def content_of(self, seat: Seat) -> Content:
        """All that the bulletin of one pupil says."""
        pupil, period, school = seat.pupil, self.room.period, self.viewer.school
        assert school  # noqa: S101 - whoever makes bulletins sits in a school
        read = PupilMarks(
            Person(pk=pupil.pk), self.room.group.name, self.periods, period, self.viewer.today, self.held
        )
        text_by_key = {
            row.subject_id if row.kind == Kind.SUBJECT else row.kind: row
            for row in self.texts.get(pupil.pk, ())
        }
        general, life, middle = (
            text_by_key.get(Kind.GENERAL),
            text_by_key.get(Kind.SCHOOL_LIFE),
            read.general_spread,
        )
        missed = self.missed.get(pupil.pk, Missed()) if self.missed is not None else None
        return {
            "form": FORM,
            "school": school.name,
            "uai": school.uai,
            "year": self.viewer.year.name if self.viewer.year else "",
            "period": period.name,
            "class": self.room.group.name,
            "given_name": pupil.given_name,
            "family_name": pupil.family_name,
            "general": number(read.averages.general.rounded),
            "class_general": number(middle.middle) if middle and self.shows(Column.MEAN) else "",
            "columns": [one for one in Column.values if self.shows(Column(one))],
            "logo": bool(self.room.policy.shows_logo and school.logo),
            "signatory": self.room.policy.signatory,
            "signature": self.signature,
            "subjects": self._subjects(pupil.pk, read, text_by_key),
            "text": general.text if general else "",
            "by": self.leader or (general.changed_by.formal_name if general else ""),
            "life": life.text if life else "",
            "life_by": life.changed_by.formal_name if life and life.text else "",
            "distinction": seat.distinction,
            "missed": {"half_days": missed.half_days, "unexcused": missed.unexcused, "late": missed.late}
            if missed
            else None,
        }

    def _subjects(
        self, pupil: int, read: PupilMarks, text_by_key: Mapping[Any, Appreciation]
    ) -> list[Content]:
        rows = {row.pk: row for row in read.subjects}
        names = {row.pk: (row.name, row.look.letters) for row in read.subjects}
        names |= {
            text.subject.pk: (text.subject.name, "")
            for text in text_by_key.values()
            if text.subject and text.text
        }
        levels: dict[int, list[list[Any]]] = defaultdict(list)
        for one in self.levels.get(pupil, ()) if self.shows(Column.LEVELS) else ():
            if one.subject_id:
                levels[one.subject_id].append([one.name, one.level])
        found = []
        for pk, (name, _letters) in names.items():
            row, text = rows.get(pk), text_by_key.get(pk)
            spread = row.spread if row else None
            found.append(
                {
                    "rank": self.order.get(pk, len(self.order)),
                    "name": name,
                    "code": self.codes.get(pk, ""),
                    "teachers": self._teachers_of(pupil, pk),
                    "average": row.said if row and row.value is not None else "",
                    "value": round(row.value, 2) if row and row.value is not None else None,
                    "class": [round(spread.low, 2), round(spread.high, 2), round(spread.mean, 2), spread.said]
                    if spread and self.shows(Column.MEAN)
                    else None,
                    "range": [number(spread.least), number(spread.most)]
                    if spread and self.shows(Column.RANGE)
                    else None,
                    "text": text.text if text else "",
                    "levels": levels.get(pk, []),
                }
            )
        return sorted(found, key=lambda one: (one.pop("rank"), natural(one["name"])))

    def shows(self, column: Column) -> bool:
        return column.value in self.room.policy.columns

    @cached_property
    def order(self) -> dict[int, int]:
        """The place of each subject that the school has placed; the others come after."""
        return {pk: place for place, pk in enumerate(self.room.policy.subject_order)}

    @cached_property
    def codes(self) -> dict[int, str]:
        """The national code of each subject: by it a page finds its drawing again."""
        code_by_subject = {line.subject_id: line.code for line in self.held.lines}
        rows = (row for rows in self.texts.values() for row in rows)
        return code_by_subject | {row.subject.pk: row.subject.code for row in rows if row.subject}

    def _teachers_of(self, pupil: int, subject: int) -> list[str]:
        """Who teaches it in the class or the groups of this pupil."""
        own = self.groups.get(pupil, set())
        found = [name for group in sorted(own) for name in self.teachers.get((group, subject), ())]
        return list(dict.fromkeys(found))


def gathered(viewer: Viewer, group: Group, period: Period, periods: Sequence[Period]) -> Gathered:
    """What the bulletins of a class are made of: about twenty statements, however many pupils."""
    room = room_of(viewer, group, period)
    pupils = [seat.pupil.pk for seat in room.seats]
    own = Enrolment.objects.filter(pupil__in=pupils, group__year=group.year_id)
    rows = Enrolment.objects.filter(group__in=own.values("group_id"))
    learning = [
        Learning(*row)
        for row in rows.order_by("pk").values_list(
            "group_id", "group__kind", "group__name", "pupil_id", "starts", "ends"
        )
    ]
    groups: dict[int, set[int]] = defaultdict(set)
    for one in learning:
        if one.meets(period.starts, period.ends):
            groups[one.pupil_id].add(one.group_id)
    texts: dict[int, list[Appreciation]] = defaultdict(list)
    appreciations = Appreciation.objects.said().filter(period=period, pupil__in=pupils)
    for row in appreciations.select_related("subject", "changed_by").order_by("pk"):
        texts[row.pupil_id].append(row)
    teachers, leader = _team(viewer, group, {one.group_id for one in learning})
    held = class_marks(viewer, group.school_id, group.pk, learning, [period])
    return Gathered(
        viewer,
        room,
        periods,
        held,
        groups,
        texts,
        teachers,
        leader,
        _missed(viewer, period, pupils),
        _levels(viewer, period, pupils),
        digest_of_picture(room.policy.signature),
    )


def digest_of_picture(picture: Any) -> str:
    """The SHA-256 of a picture, by which a bulletin says which one it bears; nothing where there is none."""
    content = picture_bytes(picture)
    return sha256(content).hexdigest() if content else ""


def picture_bytes(picture: Any) -> bytes:
    """What a stored picture holds; nothing where there is none, or where its file is lost."""
    if not picture:
        return b""
    try:
        with picture.open("rb") as held:
            return bytes(held.read())
    except FileNotFoundError:
        return b""


def _team(viewer: Viewer, group: Group, groups: set[int]) -> tuple[dict[tuple[int, int], list[str]], str]:
    """Who teaches what where, and who leads the class."""
    rows = Assignment.objects.active(viewer.today).filter(group__in=groups).select_related("teacher")
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    leaders = []
    for row in rows.order_by("teacher__search_name", "pk"):
        if row.subject_id:
            found[row.group_id, row.subject_id].append(row.teacher.formal_name)
        elif row.group_id == group.pk:
            leaders.append(row.teacher.formal_name)
    return found, ", ".join(leaders)


def _offers(viewer: Viewer, service: str) -> bool:
    return viewer.school is not None and (not service or Place(viewer.school).offers(service))


def _missed(viewer: Viewer, period: Period, pupils: Sequence[int]) -> dict[int, Missed] | None:
    if viewer.school is None or not _offers(viewer, ATTENDANCE):
        return None
    return missed_counts(viewer.school, period.starts, min(period.ends, viewer.today), pupils)


def _levels(viewer: Viewer, period: Period, pupils: Sequence[int]) -> dict[int, list[Position]]:
    """What the houses beside know of these pupils, over the board of the gradebook."""
    found: dict[int, list[Position]] = defaultdict(list)
    for entry in positions:
        if _offers(viewer, entry.service):
            for pupil, levels in entry.of_period(period.pk, pupils).items():
                found[pupil] += levels
    return found


# What was kept, read again


@dataclass(frozen=True)
class CardSubject:
    """A subject of a bulletin, as a page draws it."""

    name: str
    look: Look
    teachers: Sequence[str]
    average: str
    value: float | None
    spread: Spread | None
    text: str
    levels: Sequence[Sequence[Any]]
    ends: Sequence[str]


def subjects_of(content: Content) -> list[CardSubject]:
    """The subjects of what was kept, drawn as those of today are."""
    return [
        CardSubject(
            one["name"],
            look_of(one["code"], one["name"]),
            one["teachers"],
            one["average"],
            one["value"],
            _spread(one["class"]),
            one["text"],
            one["levels"],
            # A bulletin of the first form knew nothing of the ends of a class.
            one.get("range") or (),
        )
        for one in content["subjects"]
    ]


def _spread(figures: Sequence[Any] | None) -> Spread | None:
    if not figures:
        return None
    low, high, mean, words = figures
    return Spread(low, high, mean, "", 0, words)  # type: ignore[arg-type] # what is drawn: the exact mean is in `figures`


LATEST = Prepared(
    lambda viewer: (
        ReportCard.objects.visible_to(viewer)
        .select_related("period", "pupil", "group")
        .order_by("-period__starts", "pupil__given_name", "-number")
    )
)


def own_cards(viewer: Viewer) -> list[ReportCard]:
    """The bulletins of a pupil, or of the children of a family: the newest version of each, the newest period first."""
    found: dict[tuple[int, int], ReportCard] = {}
    for card in LATEST(viewer):
        found.setdefault((card.period_id, card.pupil_id), card)
    return list(found.values())


def settled_average(viewer: Viewer, pupil: int, period: int) -> SettledAverage | None:
    """What the last bulletin of a period that the viewer reads says, for the page of marks (one query)."""
    rows = ReportCard.objects.visible_to(viewer).filter(pupil=pupil, period=period).order_by("-number")
    found = rows.annotate(average=KT("content__general")).values_list("pk", "average", "made_at").first()
    if found is None:
        return None
    pk, average, at = found
    return SettledAverage(average or "", at, reverse("report_cards:card", kwargs={"pk": pk}))


def marks_came_since(viewer: Viewer, card: ReportCard) -> bool:
    """Has a mark of its period been published or changed since it was made? What the viewer reads of them (one query)."""
    rows = Mark.objects.visible_to(viewer).filter(pupil=card.pupil_id, assessment__period=card.period_id)
    moment = "assessment__guardians_at" if viewer.is_guardian else "assessment__published_at"
    return rows.filter(Q(changed_at__gt=card.made_at) | Q(**{f"{moment}__gt": card.made_at})).exists()


def versions_of(viewer: Viewer, card: ReportCard) -> list[ReportCard]:
    """The versions of a bulletin that the viewer may read, the newest first."""
    rows = ReportCard.objects.visible_to(viewer).filter(period=card.period_id, pupil=card.pupil_id)
    return list(rows.order_by("-number"))


@dataclass(frozen=True)
class CardRow:
    """A pupil of a class, and the last version of their bulletin."""

    seat: Seat
    card: ReportCard | None

    def is_read(self, now: datetime) -> bool:
        return bool(self.card and self.card.published_at and self.card.published_at <= now)


def latest_in(viewer: Viewer, group: Group, period: Period) -> dict[int, ReportCard]:
    """The last version of each bulletin of a class, by pupil: one query."""
    rows = ReportCard.objects.visible_to(viewer).filter(group=group, period=period)
    return {row.pupil_id: row for row in rows.defer("content").order_by("number")}


def card_rows(viewer: Viewer, room: Room) -> list[CardRow]:
    """The pupils of a class with their bulletins: one query."""
    held = latest_in(viewer, room.group, room.period)
    return [CardRow(seat, held.get(seat.pupil.pk)) for seat in room.seats]


def batches_of(viewer: Viewer, group: Group, period: Period) -> dict[str, CardBatch]:
    """The last work of each kind that this person asked for, of this class and this period: one query."""
    rows = CardBatch.objects.visible_to(viewer).filter(group=group, period=period).select_related("file")
    return {row.kind: row for row in rows.order_by("asked_at", "pk")}


def printed(viewer: Viewer, group: Group, period: Period) -> list[ReportCard]:
    """The last version of each bulletin of a class, by name: one query."""
    rows = ReportCard.objects.visible_to(viewer).filter(group=group, period=period)
    last = {row.pupil_id: row for row in rows.order_by("pupil__search_name", "pupil", "number")}
    return list(last.values())


def batch_files(viewer: Viewer) -> "QuerySet[CardBatch, Any]":
    """The keys of the files that the viewer has asked for."""
    return CardBatch.objects.visible_to(viewer).filter(file__isnull=False).values("file_id")


def papers(viewer: Viewer) -> "QuerySet[ReportCard, Any]":
    """The keys of the papers of the bulletins that the viewer reads; of a pupil who has left the school, none to its staff."""
    seen = ReportCard.objects.visible_to(viewer).filter(paper__isnull=False)
    if viewer.is_staff:
        seen = seen.filter(pupil__in=pupils_here(viewer).values("person_id"))
    return seen.values("paper_id")


def card_of_paper(viewer: Viewer, file_id: int) -> ReportCard | None:
    """The bulletin whose paper it is."""
    found: ReportCard | None = ReportCard.objects.visible_to(viewer).filter(paper=file_id).first()
    return found
