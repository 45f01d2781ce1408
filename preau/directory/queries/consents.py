"""What is agreed to today, purpose by purpose: the one place where it is computed, and what each page shows of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preau.directory.boards import Purpose, Thing, purposes
from preau.directory.models import (
    Consent,
    ConsentRequest,
    FamilyClosure,
    Group,
    Holding,
    Person,
    School,
)
from preau.directory.queries.authority import ties_of
from preau.directory.queries.finding import classes_of, pupils_here
from preau.directory.rules.consents import ConsentRule, State, needed_for, state_of
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation.awaited import Row, row_of
from preau.foundation.boards import Awaited
from preau.foundation.text import natural

# Between two reminders of one request.
REMINDED_EVERY = timedelta(days=7)
SAID = {
    State.YES: (gettext_lazy("Oui"), "done", "check"),
    State.NO: (gettext_lazy("Non"), "changed", "x"),
    State.WAITING: (gettext_lazy("En attente"), "todo", "clock"),
    State.UNSETTLED: (gettext_lazy("À régler avec la famille"), "todo", "help-circle"),
}

# The home shows a question to a family for a month; its page, as long as it is asked.
SHOWN = timedelta(days=30)


# What is agreed to


@dataclass(frozen=True)
class Sheet:
    """Whose words count for each request and pupil, and the last word of each giver."""

    needed: Mapping[tuple[int, int], ConsentRule]
    said: Mapping[tuple[int, int], Mapping[int, bool]]

    def state(self, request: int, pupil: int) -> State:
        key = (request, pupil)
        return state_of(self.needed[key], pupil, self.said.get(key, {})) if key in self.needed else State.NO

    def word(self, request: int, pupil: int, giver: int) -> bool | None:
        """The last word of somebody, None when they said nothing."""
        return self.said.get((request, pupil), {}).get(giver)

    def missing(self, request: int, pupil: int) -> list[int]:
        """Who counts and has said nothing, the pupil first. Nobody is asked any more once the answer is no, or is complete."""
        if self.state(request, pupil) not in {State.WAITING, State.UNSETTLED}:
            return []
        givers = [pupil, *self.needed[request, pupil].deciders]
        return [giver for giver in givers if self.word(request, pupil, giver) is None]


def sheet_of(requests: Iterable[ConsentRequest], pupils: Iterable[Person], today: date) -> Sheet:
    """Two queries, whatever the number of requests and pupils."""
    requests, pupils = list(requests), list(pupils)
    answers: dict[tuple[int, int], dict[int, bool]] = defaultdict(dict)
    if not requests or not pupils:
        return Sheet({}, answers)
    ties = ties_of([pupil.pk for pupil in pupils], today)
    needed = {
        (request.pk, pupil.pk): needed_for(purpose, ties[pupil.pk], pupil=pupil.pk, age=pupil.age_on(today))
        for request in requests
        if (purpose := purposes.named(request.purpose)) is not None
        for pupil in pupils
    }
    rows = Consent.objects.filter(
        request__in=[request.pk for request in requests], person__in=[pupil.pk for pupil in pupils]
    ).order_by("pk")
    for request, person, giver, answer in rows.values_list("request_id", "person_id", "giver_id", "answer"):
        answers[request, person][giver] = answer == Consent.Answer.YES
    return Sheet(needed, answers)


def agreed(request: ConsentRequest, pupils: Iterable[Person], today: date) -> set[int]:
    """Of these pupils, for whom everyone who counts has said yes to this request. Nobody, once it is closed or its year over."""
    if not request.is_in_force:
        return set()
    pupils = list(pupils)
    sheet = sheet_of([request], pupils, today)
    return {pupil.pk for pupil in pupils if sheet.state(request.pk, pupil.pk) == State.YES}


def may_be_published(request: ConsentRequest, pupils: Iterable[Person], today: date) -> set[int]:
    """For whoever publishes outside of the school: of these pupils, who may appear where this request says. Asked at each
    showing, and of one request: an agreement bears on a place and a thing, never on « everything »."""
    return agreed(request, pupils, today)


def agreed_things(
    purpose: str, wanted: Mapping[tuple[int, str], str], pupil: Person, today: date
) -> set[tuple[int, str]]:
    """Of these things, by school and key with the version that is read today, those to which is agreed for a pupil."""
    if not wanted:
        return set()
    asked = ConsentRequest.objects.in_force().filter(
        purpose=purpose,
        school__in={school for school, _key in wanted},
        about__in={key for _school, key in wanted},
    )
    current = [
        consent_request
        for consent_request in asked
        if wanted.get((consent_request.school_id, consent_request.about)) == consent_request.version
    ]
    sheet = sheet_of(current, [pupil], today)
    return {
        (consent_request.school_id, consent_request.about)
        for consent_request in current
        if sheet.state(consent_request.pk, pupil.pk) == State.YES
    }


# What a request says


@dataclass(frozen=True)
class RequestText:
    """A request in words, as everyone reads it."""

    request: ConsentRequest
    purpose: Purpose
    label: str
    text: str
    leaves: tuple[str, ...] = ()


def told_of(request: ConsentRequest, things: Mapping[tuple[str, int, str], Thing]) -> RequestText | None:
    """None for what nobody may be asked any more: it is closed or of another year, its purpose is gone, its thing is closed, or
    it says something else now."""
    purpose = purposes.named(request.purpose)
    if purpose is None or not request.is_in_force:
        return None
    if purpose.things is None:
        return RequestText(request, purpose, str(purpose.label), request.words)
    thing = things.get((request.purpose, request.school_id, request.about))
    if thing is None or thing.version != request.version:
        return None
    return RequestText(request, purpose, thing.label, thing.text, thing.leaves)


def things_of(requests: Iterable[ConsentRequest]) -> dict[tuple[str, int, str], Thing]:
    """What these requests bear on, where they are, as it stands today: nothing is asked where no request bears on a thing."""
    return _things((request.purpose, request.school_id) for request in requests)


def _things(asked: Iterable[tuple[str, int]]) -> dict[tuple[str, int, str], Thing]:
    """`asked`: the keys of purposes, each with a school."""
    return {
        (purpose.key, school, thing.key): thing
        for key, school in sorted(set(asked))
        if (purpose := purposes.named(key)) is not None and purpose.things
        for thing in purpose.things(school)
    }


def current(requests: Iterable[ConsentRequest]) -> list[RequestText]:
    """Those of these requests that may still be answered, in the order of the board."""
    requests = list(requests)
    things = things_of(requests)
    request_texts = [one for request in requests if (one := told_of(request, things))]
    return sorted(request_texts, key=lambda one: (one.purpose.order, one.label, one.request.pk))


# A family


@dataclass(frozen=True)
class Question:
    """A request as one viewer answers it about one pupil. `mine`: their last word, None before. `answers`: does their word
    count? `agreed`: may it be done? What others said, and whether they said anything, stays
    theirs. `unsettled`: the file does not say who must answer, whatever was answered."""

    told: RequestText
    answers: bool
    mine: bool | None
    agreed: bool
    needs_guardians: bool
    everyone: bool
    unsettled: bool
    history: tuple[Consent, ...] = ()

    @property
    def to_answer(self) -> bool:
        return self.answers and self.mine is None

    @property
    def state(self) -> tuple[str, str, str]:
        """A label, a tone, an icon. To a family, another's refusal and another's silence look alike."""
        if self.agreed:
            return _("Autorisé"), "done", "check"
        if self.to_answer:
            return _("Votre réponse est attendue"), "todo", "clock"
        if self.mine is False:
            return _("Pas autorisé"), "neutral", "x"
        if self.mine:
            # First what became of this word: one believed that it was refused.
            return _("Votre oui est noté"), "done", "check"
        return _("Pas autorisé : tout le monde n’a pas répondu oui"), "neutral", "x"

    @property
    def is_short_of_others(self) -> bool:
        """This person's yes is noted, and does not suffice: whether another refused or says nothing is theirs."""
        return bool(self.mine) and not self.agreed


@dataclass(frozen=True)
class Answering:
    """A pupil, and what is asked about them."""

    person: Person
    questions: tuple[Question, ...] = ()
    in_ecole: bool = False


def asked_about(viewer: Viewer, pupils: Sequence[Person], *, history: bool = False) -> list[Answering]:
    """What is asked about each of these pupils, in the schools where they learn: a fixed number of queries a school."""
    held = Holding.objects.active(viewer.today).filter(
        person__in=[pupil.pk for pupil in pupils], role=Role.PUPIL
    )
    places: dict[int, set[int]] = defaultdict(set)
    ecoles = set()
    for person, school, kind in held.values_list("person_id", "school_id", "school__kind"):
        places[person].add(school or 0)
        if kind == School.Kind.ECOLE:
            ecoles.add(person)
    requests = (
        ConsentRequest.objects.visible_to(viewer).in_force().filter(school__in=set().union(*places.values()))
    )
    request_texts = current(requests.select_related("school", "year"))
    sheet = sheet_of([one.request for one in request_texts], pupils, viewer.today)
    own = _own_words(viewer, pupils) if history else {}
    return [
        Answering(
            pupil,
            tuple(
                _question(viewer, pupil, one, sheet, own)
                for one in request_texts
                if one.request.school_id in places[pupil.pk]
            ),
            pupil.pk in ecoles,
        )
        for pupil in pupils
    ]


def _question(
    viewer: Viewer,
    pupil: Person,
    request_text: RequestText,
    sheet: Sheet,
    own: Mapping[tuple[int, int], list[Consent]],
) -> Question:
    key = (request_text.request.pk, pupil.pk)
    needed, me = sheet.needed[key], viewer.person.pk
    is_own = me == pupil.pk
    state = sheet.state(*key)
    return Question(
        told=request_text,
        answers=is_own or me in needed.deciders,
        mine=sheet.word(*key, me),
        agreed=state == State.YES,
        needs_guardians=needed.guardians is not None,
        everyone=bool(needed.guardians and needed.guardians.all_of_them),
        unsettled=bool(needed.guardians and not needed.guardians.is_settled),
        history=tuple(own.get(key, ())),
    )


def _own_words(viewer: Viewer, pupils: Sequence[Person]) -> dict[tuple[int, int], list[Consent]]:
    """What the viewer said, the last first; never what another did."""
    rows = Consent.objects.filter(giver=viewer.person.pk, person__in=[pupil.pk for pupil in pupils]).order_by(
        "-pk"
    )
    found: dict[tuple[int, int], list[Consent]] = defaultdict(list)
    for row in rows[:200]:
        found[row.request_id, row.person_id].append(row)
    return found


def own_people(viewer: Viewer) -> list[Person]:
    """The pupils of this seat, by first name."""
    rows = Person.objects.filter(pk__in=viewer.own_pupils())
    return list(rows.order_by("given_name", "pk"))


# The school


def questions_of(viewer: Viewer) -> list[RequestText]:
    """What the school asks this year, and may still be answered."""
    rows = ConsentRequest.objects.visible_to(viewer).in_force().select_related("school", "year")
    return current(rows)


def may_ask(viewer: Viewer) -> list[tuple[Purpose, Thing | None]]:
    """What the school may still begin to ask: purposes that say where and what, things that are not asked about yet."""
    asked = {(question.purpose.key, question.request.about) for question in questions_of(viewer)}
    found: list[tuple[Purpose, Thing | None]] = []
    for purpose in purposes:
        if purpose.things is None:
            found.append((purpose, None))
            continue
        things = purpose.things(viewer.school_id or 0)
        found += [(purpose, thing) for thing in things if (purpose.key, thing.key) not in asked]
    return found


@dataclass(frozen=True)
class PupilRow:
    """A pupil in the list of a request; `missing`: how many who count have said nothing; `on_paper`: reached by paper alone."""

    person: Person
    school_class: str
    state: State
    missing: int
    on_paper: bool

    @property
    def tag(self) -> tuple[str, str, str]:
        label, tone, icon = SAID[self.state]
        return str(label), tone, icon


@dataclass
class ClassCount:
    """The answers of one class."""

    name: str
    counts: dict[State, int] = field(default_factory=lambda: dict.fromkeys(State, 0))

    def of(self, state: str) -> int:
        return self.counts[State(state)]


def rows_of(viewer: Viewer, request: ConsentRequest) -> list[PupilRow]:
    """Every pupil of the school, class by class: four queries."""
    pupils = list(Person.objects.filter(pk__in=pupils_here(viewer).values("person_id"), erased_at=None))
    classes = classes_of(viewer, [pupil.pk for pupil in pupils])
    sheet = sheet_of([request], pupils, viewer.today)
    rows = [_row(pupil, classes.get(pupil.pk, ""), sheet, request) for pupil in pupils]
    return sorted(rows, key=lambda row: (natural(row.school_class), row.person.search_name, row.person.pk))


def _row(pupil: Person, school_class: str, sheet: Sheet, request: ConsentRequest) -> PupilRow:
    needed = sheet.needed.get((request.pk, pupil.pk), ConsentRule(None))
    missing = sheet.missing(request.pk, pupil.pk)
    paper = needed.guardians.on_paper if needed.guardians else frozenset()
    return PupilRow(
        pupil,
        school_class,
        sheet.state(request.pk, pupil.pk),
        len(missing),
        bool(paper.intersection(missing)),
    )


def counts_of(rows: Iterable[PupilRow]) -> list[ClassCount]:
    found: dict[str, ClassCount] = {}
    for row in rows:
        name = row.school_class or _("Sans classe")
        found.setdefault(name, ClassCount(name)).counts[row.state] += 1
    return list(found.values())


def total_of(rows: Iterable[PupilRow]) -> ClassCount:
    """The same of the whole school."""
    total = ClassCount("")
    for row in rows:
        total.counts[row.state] += 1
    return total


def chosen(rows: Iterable[PupilRow], school_class: str, what: str) -> list[PupilRow]:
    """The rows of one class, or in one state; « papier »: whom nothing electronic reaches."""
    found = [row for row in rows if not school_class or row.school_class == school_class]
    if what == "papier":
        return [row for row in found if row.on_paper]
    return [row for row in found if not what or row.state.value == what]


def to_tell(request: ConsentRequest, today: date) -> list[tuple[int, int]]:
    """Whom to ask, or to remind: pupil and giver, of those whose word is missing and whom paper need not reach."""
    held = Holding.objects.active(today).filter(school=request.school_id, role=Role.PUPIL)
    pupils = list(Person.objects.filter(pk__in=held.values("person_id"), erased_at=None).order_by("pk"))
    sheet = sheet_of([request], pupils, today)
    found = []
    for pupil in pupils:
        guardians = sheet.needed.get((request.pk, pupil.pk), ConsentRule(None)).guardians
        paper = guardians.on_paper if guardians else frozenset()
        found += [(pupil.pk, giver) for giver in sheet.missing(request.pk, pupil.pk) if giver not in paper]
    return found


@dataclass(frozen=True)
class Giver:
    """Somebody whose word counts, as the office notes it from a paper."""

    person: Person
    is_pupil: bool
    word: bool | None


def givers_of(request: ConsentRequest, pupil: Person, today: date) -> tuple[list[Giver], State]:
    """Whose words count for a pupil, with the last of each; and what they amount to. Three queries."""
    sheet = sheet_of([request], [pupil], today)
    needed = sheet.needed.get((request.pk, pupil.pk), ConsentRule(None))
    people = {person.pk: person for person in Person.objects.filter(pk__in=needed.deciders)} | {
        pupil.pk: pupil
    }
    givers = [
        Giver(people[pk], pk == pupil.pk, sheet.word(request.pk, pupil.pk, pk))
        for pk in (pupil.pk, *needed.deciders)
        if pk in people
    ]
    return givers, sheet.state(request.pk, pupil.pk)


def may_remind(request: ConsentRequest, now: datetime) -> bool:
    """Once a week at most, counted from the question itself."""
    last = max(filter(None, (request.asked_at, request.reminded_at)))
    return now - last >= REMINDED_EVERY


def can_be_reminded_on(request: ConsentRequest) -> date:
    last = max(filter(None, (request.asked_at, request.reminded_at)))
    return timezone.localtime(last + REMINDED_EVERY).date()


def csv_lines(rows: Iterable[PupilRow]) -> Iterable[tuple[str, ...]]:
    for row in rows:
        yield (
            row.person.family_name,
            row.person.given_name,
            row.school_class,
            row.tag[0],
            _("oui") if row.on_paper else "",
        )


# A class


@dataclass(frozen=True)
class MayAppear:
    """A pupil of a class, and for each request whether they may appear: yes or no, never why."""

    person: Person
    allowed: tuple[bool, ...]


def appearing(
    viewer: Viewer, group: Group, pupils: Sequence[Person]
) -> tuple[list[RequestText], list[MayAppear]]:
    """What the school may publish, and who of this class may appear in it."""
    questions = [question for question in questions_of(viewer) if question.purpose.things is None]
    sheet = sheet_of([question.request for question in questions], pupils, viewer.today)
    return questions, [
        MayAppear(
            pupil, tuple(sheet.state(question.request.pk, pupil.pk) == State.YES for question in questions)
        )
        for pupil in pupils
    ]


# Coming of age


def closure_of(viewer: Viewer) -> FamilyClosure | None:
    """Since when the parents of this pupil do not follow any more."""
    return FamilyClosure.objects.visible_to(viewer).filter(pupil=viewer.person.pk, reopened_at=None).first()


def _unanswered(viewer: Viewer) -> "QuerySet[ConsentRequest]":
    """What is asked where this person learns, or where their children do, and of which they have said nothing."""
    consents = Consent.objects.filter(giver=viewer.person.pk, request=OuterRef("pk"))
    return ConsentRequest.objects.visible_to(viewer).in_force().filter(~Exists(consents))


SOURCE = "directory.consents"


def rows_to_give(viewer: Viewer) -> "QuerySet[ConsentRequest, Any]":
    """Questions not answered, among all that is awaited of a person: to a pupil, whose own word always counts, all of them; to a
    family, those of this month that it has answered for nobody yet."""
    found = _unanswered(viewer)
    if viewer.is_guardian:
        found = found.filter(asked_at__gte=viewer.ago(SHOWN))
    return row_of(
        found, SOURCE, about="school", text="purpose", word="about", more="version", starts="asked_at"
    )


def _still_asked(rows: Iterable[Row]) -> list[Row]:
    """Of `rows_to_give`, those of which the purpose and the thing are what they were (one query where one bears on a thing)."""
    rows = list(rows)
    things = _things((row.text, row.about) for row in rows)
    found = []
    for row in rows:
        purpose, thing = purposes.named(row.text), things.get((row.text, row.about, row.word))
        if purpose and (purpose.things is None or (thing and thing.version == row.more)):
            found.append(row)
    return found


def consents_to_give(viewer: Viewer, rows: Sequence[Row]) -> list[Awaited]:
    """« Deux autorisations à donner », on one line: their page says which child each is about, and whether this parent's word counts.

    Of a pupil, what may still be answered (one query when a service is asked about).
    """
    number, url, about = len({row.key for row in rows}), reverse("directory:consents"), 0
    if not viewer.is_guardian:
        number, about = len(_still_asked(rows)), viewer.person.pk
        url = reverse("directory:consent", kwargs={"public_id": viewer.person.public_id})
    if not number:
        return []
    title = ngettext("%(num)s autorisation à donner", "%(num)s autorisations à donner", number)
    return [
        Awaited(
            title % {"num": number},
            url,
            _("Lire et répondre"),
            about,
            text=_("Sans votre accord, rien ne se fait."),
            icon="clipboard-check",
        )
    ]
