"""Words in lists, the following of one, and whom it goes to."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.commons.asking.queries import arrivals, audience, finding
from preau.commons.asking.queries.reaching import LATE, reasons
from preau.commons.delivery.queries import Way, reach_of, said_of_ways
from preau.directory.models import Enrolment, Group, Guardianship, Holding, Person
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import STAFF, Authority
from preau.domains.liaison import rules
from preau.domains.liaison.models import Answer, Recipient, Word
from preau.domains.liaison.queries.states import PupilRow, State, rows_of
from preau.foundation import dates
from preau.foundation.boards import Hit
from preau.foundation.lookup import LookupTerms


def groups_for(viewer: Viewer) -> "QuerySet[Group]":
    """Those to whose families this viewer writes."""
    return audience.groups_for(viewer, everybody=rules.writes_to_all(viewer))


def pupils_for(viewer: Viewer) -> "QuerySet[Person]":
    """The pupils to whose families this viewer writes."""
    found = audience.pupils_for(viewer)
    if rules.writes_to_all(viewer):
        return found
    learnt = Enrolment.objects.active(viewer.today).filter(group__in=groups_for(viewer).values("pk"))
    return found.filter(pk__in=learnt.values("pupil_id"))


def are_among(pupils: Iterable[Person], groups: Iterable[Group], viewer: Viewer) -> bool:
    """Does one of these pupils learn in one of these groups?"""
    people, places = [one.pk for one in pupils], [one.pk for one in groups]
    if not people or not places:
        return False
    return Enrolment.objects.active(viewer.today).filter(group__in=places, pupil__in=people).exists()


def colleagues_for(viewer: Viewer) -> "QuerySet[Person]":
    held = Holding.objects.active(viewer.today).filter(school=viewer.school_id, role__in=STAFF)
    return (
        Person.objects.filter(pk__in=held.values("person_id"))
        .exclude(pk=viewer.person.pk)
        .order_by("search_name", "pk")
    )


def whole_word(pk: int) -> Word:
    return Word.objects.select_related("school", "author", "questionnaire").get(pk=pk)


def with_names(word: Word, viewer: Viewer) -> tuple[Word, list[str]]:
    """A word of the viewer's school with its author, and the names of those with whom its following is shared (one query)."""
    meant = Q(pk=word.author_id) | Q(
        pk__in=Word.colleagues.through.objects.filter(word=word).values("person_id")
    )
    people = list(Person.objects.filter(meant).order_by("search_name", "pk"))
    word.author = next(person for person in people if person.pk == word.author_id)
    if viewer.school is not None:
        word.school = viewer.school
    return word, [person.full_name for person in people if person.pk != word.author_id]


def pupils_meant(word: Word, today: date) -> "QuerySet[Person]":
    """Who learns today in the classes and groups of a word, and the pupils chosen."""
    learnt = audience.learning_in(word, today).values("pupil_id")
    meant = Q(pk__in=learnt) | Q(pk__in=word.pupils.values("pk"))
    return audience.pupils_here(word.school_id, today).filter(meant)


def copies_meant(word: Word, today: date) -> list[Recipient]:
    """Whom a word goes to, one copy a pupil and a person, as the file is today (four queries). Not saved."""
    if word.is_for_staff:
        people = list(audience.staff_meant(word, today).exclude(pk=word.author_id).order_by("pk"))
        ways = channels_of(word, people, {person.pk for person in people})
        return [
            Recipient(word=word, person=person, part=Recipient.Part.STAFF, channel=ways[person.pk])
            for person in people
        ]
    pupils = list(pupils_meant(word, today).order_by("pk"))
    links = Guardianship.objects.informed(today).of_another().filter(pupil__in=pupils)
    links = links.select_related("guardian").order_by("pupil_id", "contact_priority", "pk")
    people = [*pupils, *(link.guardian for link in links)]
    ways = channels_of(word, people, audience.minors_among(pupils, today))
    own = [
        Recipient(word=word, pupil=pupil, person=pupil, part=Recipient.Part.OWN, channel=ways[pupil.pk])
        for pupil in pupils
    ]
    return own + [
        Recipient(
            word=word,
            pupil_id=link.pupil_id,
            person=link.guardian,
            part=Recipient.Part.GUARDIAN,
            channel=ways[link.guardian_id],
        )
        for link in links
    ]


def channels_of(word: Word, people: Iterable[Person], untexted: Collection[int]) -> dict[int, str]:
    """How each is reached (`delivery.reach_of`): here with an account that is open, by text message, by mail, else on paper."""
    return {pk: reach.way.value for pk, reach in reach_of(word.school, people, untexted=untexted).items()}


def refresh_channels(word: Word, today: date) -> None:
    """Who has opened an account since the word left reads it here; a mobile number, noted or refused since, counts too."""
    found = word.recipients.exclude(channel=Recipient.Channel.HERE).select_related("person")
    copies = list(found.order_by("pk"))
    others = {copy.person_id for copy in copies if copy.part == Recipient.Part.STAFF}
    others |= audience.minors_among(
        (copy.person for copy in copies if copy.part == Recipient.Part.OWN), today
    )
    ways = channels_of(word, [copy.person for copy in copies], others)
    changed: dict[str, list[int]] = {}
    for copy in copies:
        way = ways[copy.person_id]
        if way != copy.channel and (way in {Way.HERE, Way.TEXT} or copy.channel == Way.TEXT):
            changed.setdefault(way, []).append(copy.pk)
    for way, keys in changed.items():
        word.recipients.filter(pk__in=keys).update(channel=way)


def ways_said(copies: Iterable[Recipient]) -> str:
    """How many of those who answer for a pupil are reached by what, each once."""
    ways = {copy.person_id: copy.channel for copy in copies if copy.part == Recipient.Part.GUARDIAN}
    return said_of_ways(ways.values())


def are_ones_own(viewer: Viewer, word: Word) -> bool:
    """Does this person write today to all whom the word names?"""
    foreign = word.groups.exclude(pk__in=groups_for(viewer).order_by().values("pk"))
    if foreign.exists():
        return False
    return not word.pupils.exclude(pk__in=pupils_for(viewer).order_by().values("pk")).exists()


def arrived_since(word: Word, today: date) -> list[Recipient]:
    """Whom a list has gained since the word left, and new guardians: they have no copy yet."""
    known = set(word.recipients.values_list("pupil_id", "person_id"))
    return arrivals.arrived(copies_meant(word, today), known)


def number_arrived(word: Word, today: date) -> int:
    """How many guardians have no copy of a word that is meant for the pupils of today (one query)."""
    copied = Recipient.objects.filter(word=word, pupil=OuterRef("pupil_id"), person=OuterRef("guardian_id"))
    links = Guardianship.objects.informed(today).of_another().filter(~Exists(copied))
    return links.filter(pupil__in=pupils_meant(word, today).values("pk")).count()


# The following


@dataclass(frozen=True)
class Bar:
    """One part of the bar of states. `share`: hundredths; `word` names it where a number alone stands."""

    key: str
    number: int
    share: float
    label: str
    icon: str
    tone: str


@dataclass(frozen=True)
class Following:
    """What the page of a word shows."""

    rows: tuple[PupilRow, ...]
    word: Word

    @property
    def answered(self) -> int:
        return sum(row.state not in {State.WAITING, State.UNSETTLED} for row in self.rows)

    @property
    def to_settle(self) -> list[PupilRow]:
        return [row for row in self.rows if row.to_settle]

    @property
    def agreed(self) -> list[PupilRow]:
        return [row for row in self.rows if row.state == State.AGREED]

    @property
    def disagreements(self) -> list[PupilRow]:
        return [row for row in self.rows if row.state == State.DISAGREEMENT]

    @property
    def to_remind(self) -> list[PupilRow]:
        """The families that would be reminded."""
        return [row for row in self.rows if row.to_remind]

    @property
    def missing(self) -> int:
        return sum(len(row.awaited) for row in self.rows)

    @property
    def coupons(self) -> int:
        return sum(len(row.by_coupon) for row in self.rows)

    def chosen(self, what: str) -> list[PupilRow]:
        """« accord », « tous »; else what is to be settled."""
        if what == "tous":
            return list(self.rows)
        return self.agreed if what == "accord" else self.to_settle

    @property
    def bars(self) -> list[Bar]:
        counts = Counter(row.bar for row in self.rows)
        read = self.word.is_information
        parts = [
            (State.AGREED.value, _("lu") if read else _("d’accord"), "check", "accent"),
            (State.DISAGREEMENT.value, _("désaccord"), "alert-triangle", "brique"),
            (State.REFUSED.value, _("refus"), "x", "brique"),
            ("read", _("lu, sans réponse"), "eye", "neutral"),
            ("unopened", _("pas ouvert"), "clock", "soleil"),
            ("paper", _("sur papier"), "file-text", "ardoise"),
            (State.UNSETTLED.value, _("dossier à lire"), "help-circle", "brique"),
        ]
        total = len(self.rows) or 1
        return [
            Bar(key, counts[key], round(100 * counts[key] / total, 2), label, icon, tone)
            for key, label, icon, tone in parts
            if counts[key]
        ]

    @property
    def bars_said(self) -> str:
        return " · ".join(f"{bar.number} {bar.label}" for bar in self.bars)

    @property
    def channels_said(self) -> str:
        """« 19 Appli · 7 Courriel · 2 Papier », of those who are asked."""
        counts = Counter(copy.channel for row in self.rows for copy in row.copies if copy.counts)
        labels = dict(Recipient.Channel.choices)
        return " · ".join(f"{counts[key]} {labels[key]}" for key in labels if counts[key])


def following(word: Word, today: date) -> Following:
    """The pupils of a word and what was answered about each (three queries)."""
    found = Recipient.objects.filter(word=word).select_related("pupil", "person").order_by("pk")
    return Following(tuple(rows_of(word, found, today)), word)


# So many coupons are named with their reason; the file of the following has all.
COUPONS_NAMED = 20


@dataclass(frozen=True)
class CouponRow:
    """Somebody who answers on paper, and why."""

    pupil: Person
    person: Person
    why: str


def coupons_of(found: Following, today: date) -> list[CouponRow]:
    """Whose coupon is to be printed, and why (`delivery.reach_of`; no query where everybody answers here)."""
    wanted = [(row.pupil, copy) for row in found.rows for copy in row.by_coupon]
    minors = audience.minors_among((pupil for pupil, _copy in wanted), today)
    lines = [(copy.pk, copy.person) for _pupil, copy in wanted]
    why = reasons("liaison", found.word.school, lines, found.word.closes_at, untexted=minors)
    rows = [
        CouponRow(pupil, copy.person, why[copy.pk, copy.person.pk] or _("a ouvert un compte depuis"))
        for pupil, copy in wanted
    ]
    # Those whom nobody has told come first.
    return sorted(rows, key=lambda row: row.why != str(LATE))


def responses_counted(found: Following) -> list[int]:
    """Of each pupil, the last answers of those whose yes counts: two parents who ask for two seats ask for the same two."""
    counted = []
    for row in found.rows:
        agreed = [
            copy.answer
            for copy in row.copies
            if copy.counts and not copy.ended and copy.answer is not None and copy.answer.is_yes
        ]
        last = max(agreed, key=lambda answer: answer.pk, default=None)
        if last is not None and last.response_id:
            counted.append(last.response_id)
    return counted


@dataclass(frozen=True)
class StaffRow:
    """A colleague to whom a word went."""

    person: Person
    read_at: datetime | None
    at: datetime | None


def staff_following(word: Word) -> list[StaffRow]:
    rows = (
        Recipient.objects.filter(word=word, pupil=None)
        .select_related("person")
        .prefetch_related("answers")
        .order_by("person__search_name", "pk")
    )
    return [
        StaffRow(
            row.person, row.read_at, next((one.at for one in row.answers.all() if not one.replaced_at), None)
        )
        for row in rows
    ]


# Lists


@dataclass(frozen=True)
class WordRow:
    """A word as the list of a member of the staff shows it."""

    pk: int
    title: str
    kind: str
    sign: str
    when: str
    whom: str
    author: str
    tag: tuple[str, str]
    to_settle: int


def words_of(viewer: Viewer) -> "QuerySet[Word]":
    """What this member of the staff follows, drafts first, then the latest."""
    return (
        Word.objects.followed_by(viewer)
        .select_related("author")
        .prefetch_related("groups")
        .order_by("sent_at", "-pk")
        .reverse()
    )


def rows_of_words(words: Iterable[Word], viewer: Viewer) -> list[WordRow]:
    """As the list shows them: the pupils are counted of these words alone, and of those without a group (one query)."""
    words = list(words)
    alone = [word.pk for word in words if not word.groups.all()]
    counted = Recipient.objects.filter(word__in=alone).order_by().values("word_id")
    numbers = dict(counted.values_list("word_id", Count("pupil", distinct=True)))
    return [_word_row(word, numbers.get(word.pk, 0)) for word in words]


def _word_row(word: Word, number: int) -> WordRow:
    groups = [group.name for group in word.groups.all()]
    if word.is_for_staff:
        whom = _("Personnels")
    else:
        whom = ", ".join(groups[:4]) or ngettext("%(num)s élève", "%(num)s élèves", number) % {"num": number}
    tags = {
        Word.State.DRAFT: (_("Brouillon"), "todo"),
        Word.State.SENT: (_("Envoyé"), "done"),
        Word.State.CLOSED: (_("Terminé"), "neutral"),
    }
    return WordRow(
        word.pk,
        word.title,
        str(word.get_kind_display()),
        word.icon,
        dates.day(word.sent_at) if word.sent_at else "",
        whom,
        word.author.full_name,
        tags[Word.State(word.state)],
        0,
    )


def received_by_staff(viewer: Viewer) -> "QuerySet[Recipient]":
    """What colleagues sent to this member of the staff, latest first, with what they answered."""
    answered = Answer.objects.current().filter(recipient=OuterRef("pk"))
    return (
        Recipient.objects.received_by(viewer)
        .out()
        .select_related("word", "word__author")
        .annotate(is_answered=Exists(answered))
        .order_by("-word__sent_at", "-pk")
    )


def titles(viewer: Viewer, wanted: LookupTerms) -> "QuerySet[Word]":
    """The words that one follows or received, by their title; of those received, the word is the copy that one reads."""
    received = Recipient.objects.received_by(viewer).filter(word=OuterRef("pk"))
    followed = Word.objects.followed_by(viewer).filter(pk=OuterRef("pk"))
    return finding.titles(Word.objects.visible_to(viewer), wanted, followed, received, at="sent_at")


def words_found(viewer: Viewer, wanted: LookupTerms, rows: Sequence[tuple[Any, ...]]) -> Sequence[Hit]:
    return finding.hits(wanted, rows, "liaison:read", "liaison:word", finding.sent_or_draft)


def legal_today(pupil: OuterRef, person: int, today: date) -> Any:
    """Has this person full authority over the pupil of a row?"""
    return Exists(
        Guardianship.objects.filter(active_on(today), pupil=pupil, guardian=person, authority=Authority.LEGAL)
    )
