"""Who was touched by a breach: what an account, or everybody, opened and took away in a school between two moments.

It reads the journal, and knows what the journal knows: pages of somebody's file, changes, files that left. What a stolen copy
of the database holds, no journal tells.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.apps import apps
from django.db.models import Count, Max, Min, QuerySet

from preau.commons.journal.models import Line, LineQuerySet
from preau.commons.platform.models import OperatedSchool, operated_by
from preau.directory.models import Guardianship, Holding, Person, School
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.foundation import boards
from preau.identity.models import Account

# A sign-in opens a session that lives half a day at most (identity.rules).
LONGEST_SESSION = timedelta(hours=12)
# The verbs of what takes many people away at once, by how they end: their lines name nobody.
TAKES_OUT = (
    "exported",
    "register_fetched",
    "printed",
    "letters_prepared",
    "archive_opened",
    "extract_opened",
    "exported_at_console",
    "list_read",
)


@dataclass(frozen=True)
class Breach:
    """What is looked into: by whom (None: anybody), in which school, between two moments; and who reads it (None: nobody in person)."""

    school: School
    since: datetime
    until: datetime
    actor: Person | None = None
    reader_id: int | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of data: the part of Préau and the gesture, how many people and how often."""

    house: str
    label: str
    people: int
    times: int


@dataclass
class Touched:
    """One person of whom something was opened or changed: what, how often, from when to when."""

    person_id: int
    times: int
    first: datetime
    last: datetime
    verbs: list[str] = field(default_factory=list)

    def kinds(self) -> list[str]:
        """What was opened or changed, in words, each once."""
        return list(dict.fromkeys(label_of(verb) for verb in self.verbs))


@dataclass(frozen=True)
class BreachReport:
    """All that was found. `taken`: lines of what left with many people in it, to be looked at one by one."""

    touched: list[Touched]
    kinds: list[Kind]
    taken: list[Line]
    taken_count: int

    @property
    def times(self) -> int:
        return sum(one.times for one in self.touched)


def label_of(verb: str) -> str:
    return next(
        (str(word.label) for word in boards.journal_words if verb in (word.verb, *word.formerly)), verb
    )


def takes_out(verb: str) -> bool:
    word = boards.journal_words.named(verb, by="verb")
    return verb.endswith(TAKES_OUT) and not (word and word.names_nobody)


def lines_of(breach: Breach) -> LineQuerySet:
    """What was done there, then, by them; the gestures of an account upon itself left out, and what the other parent of the reader's
    own child asked. Whoever asks has looked at who may."""
    found = Line.objects.filter(school_id=breach.school.pk, at__gte=breach.since, at__lt=breach.until)
    found = found if breach.reader_id is None else found.told_to(breach.reader_id)
    return found.filter(actor=breach.actor.pk) if breach.actor else found


def found_in(breach: Breach) -> BreachReport:
    """Whom it touched, by person and by kind, the most often touched first: two statements."""
    lines = lines_of(breach)
    others = lines.exclude(subject=None)
    if breach.actor:
        others = others.exclude(subject=breach.actor.pk)
    grouped = others.values("subject_id", "verb").annotate(n=Count("pk"), first=Min("at"), last=Max("at"))
    touched: dict[int, Touched] = {}
    people: dict[str, set[int]] = {}
    times: dict[str, int] = {}
    for row in grouped.order_by("verb", "subject_id"):
        one = touched.setdefault(row["subject_id"], Touched(row["subject_id"], 0, row["first"], row["last"]))
        one.times, one.first, one.last = (
            one.times + row["n"],
            min(one.first, row["first"]),
            max(one.last, row["last"]),
        )
        one.verbs.append(row["verb"])
        people.setdefault(row["verb"], set()).add(row["subject_id"])
        times[row["verb"]] = times.get(row["verb"], 0) + row["n"]
    out = lines.filter(verb__in=[word.verb for word in boards.journal_words if takes_out(word.verb)])
    taken = list(out.select_related("actor").order_by("at", "pk")[:100])
    kinds = [
        Kind(_house_of(verb), label_of(verb), len(people[verb]), times[verb])
        for verb in sorted(people, key=lambda verb: -len(people[verb]))
    ]
    return BreachReport(
        sorted(touched.values(), key=lambda one: (-one.times, one.person_id)),
        kinds,
        taken,
        len(taken) if len(taken) < 100 else out.count(),
    )


def _house_of(verb: str) -> str:
    return str(apps.get_app_config(verb.partition(".")[0]).verbose_name)


def people_in(touched: Iterable[Touched]) -> dict[int, Person]:
    return Person.objects.in_bulk([one.person_id for one in touched])


def profiles_of(school: School, people: Iterable[int]) -> dict[Profile, int]:
    """How many of them are pupils, staff, or neither in this school: families, whoever was invited, who left."""
    wanted = set(people)
    held = Holding.objects.filter(school=school.pk, person__in=wanted)
    pupils = set(held.filter(role=Role.PUPIL).values_list("person_id", flat=True))
    staff = set(held.exclude(role=Role.PUPIL).values_list("person_id", flat=True)) - pupils
    counted = {
        Profile.PUPIL: len(pupils),
        Profile.STAFF: len(staff),
        Profile.GUARDIAN: len(wanted - pupils - staff),
    }
    return {profile: count for profile, count in counted.items() if count}


def sign_ins_of(breach: Breach) -> list[tuple[datetime, datetime]]:
    """Each session of the account in this time, as the journal knows it: from a sign-in to the next, half a day at most."""
    if breach.actor is None:
        return []
    signed = lines_of(breach).filter(verb="identity.signed_in").order_by("at").values_list("at", flat=True)
    starts = list(signed[:20])
    ends = [*starts[1:], breach.until]
    return [
        (start, min(end, start + LONGEST_SESSION, breach.until))
        for start, end in zip(starts, ends, strict=True)
    ]


@dataclass(frozen=True)
class Contact:
    """Whom to warn about somebody: themselves, or an adult who answers for them."""

    about: Person
    who: Person
    is_guardian: bool
    kinds: list[str]


def contacts_of(found: BreachReport, today: date) -> Iterator[Contact]:
    """For each person touched, whom to warn: a pupil's guardians who are informed today, whatever they were then, and the person,
    with whatever ways are known."""
    people = people_in(found.touched)
    held = (
        Guardianship.objects.informed(today).of_another().filter(pupil__in=people).select_related("guardian")
    )
    guardians: dict[int, list[Person]] = {}
    for guardianship in held.order_by("pupil_id", "guardian__search_name", "pk"):
        guardians.setdefault(guardianship.pupil_id, []).append(guardianship.guardian)
    for touched in found.touched:
        person, kinds = people[touched.person_id], touched.kinds()
        for guardian in guardians.get(person.pk, []):
            yield Contact(person, guardian, is_guardian=True, kinds=kinds)
        yield Contact(person, person, is_guardian=False, kinds=kinds)


# What an operator may know: how many, never who


@dataclass(frozen=True)
class InASchool:
    """One school that a breach touched, in numbers."""

    school: School
    people: int
    times: int
    taken: int


def counts_for(viewer: Viewer, since: datetime, until: datetime, login: str) -> "list[InASchool] | None":
    """School by school, among those that the viewer runs; None when the login is nobody's."""
    lines = Line.objects.filter(operated_by(viewer, "school__"), at__gte=since, at__lt=until)
    if login:
        actor = Account.objects.filter(login=login).values_list("person", flat=True).first()
        if actor is None:
            return None
        lines = lines.filter(actor=actor).exclude(subject=actor)
    out = [word.verb for word in boards.journal_words if takes_out(word.verb)]
    people = dict(_by_school(lines.exclude(subject=None), Count("subject", distinct=True)))
    times = dict(_by_school(lines.exclude(subject=None), Count("pk")))
    taken = dict(_by_school(lines.filter(verb__in=out), Count("pk")))
    schools = (
        OperatedSchool.objects.visible_to(viewer).filter(pk__in={*people, *taken}).order_by("name", "pk")
    )
    return [
        InASchool(school, people.get(school.pk, 0), times.get(school.pk, 0), taken.get(school.pk, 0))
        for school in schools
    ]


def _by_school(lines: "QuerySet[Line]", count: Count) -> "QuerySet[Line, tuple[int, int]]":
    return lines.order_by().values("school_id").annotate(n=count).values_list("school_id", "n")
