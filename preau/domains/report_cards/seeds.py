"""Bulletins of the demonstration: appreciations that follow the marks, some of them still to write, and councils at every stage."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from preau.directory.models import Assignment, Enrolment, ExternalId, Group, Holding, Period, Person, School
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import Role
from preau.domains.gradebook.models import Mark
from preau.domains.report_cards.models import (
    Appreciation,
    CardPolicy,
    Council,
    Decision,
    Phrase,
    ReportCard,
    Suggestion,
    TextReminder,
)
from preau.domains.report_cards.queries.campaign import campaign_of
from preau.domains.report_cards.queries.cards import digest_of, gathered
from preau.foundation.db import insert

Kind = Appreciation.Kind
# From which mean out of 20 each is said, the best first.
SUBJECT_WORDS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (
        16,
        (
            "Excellent trimestre. {prénom} comprend vite et aide volontiers les autres.",
            "Très bon travail, régulier et soigné. Continuez ainsi.",
            "Des résultats remarquables et une participation qui porte la classe.",
        ),
    ),
    (
        13.5,
        (
            "Bon trimestre. Le travail est sérieux, osez davantage à l’oral.",
            "Des acquis solides. Soignez la rédaction et vous irez plus loin.",
            "{prénom} travaille bien et s’investit. Poursuivez dans cette voie.",
        ),
    ),
    (
        11,
        (
            "Ensemble satisfaisant. Apprenez vos leçons plus régulièrement pour progresser.",
            "Des efforts qui portent. Il faut maintenant de la constance.",
            "Résultats convenables. {prénom} peut participer davantage.",
        ),
    ),
    (
        8.5,
        (
            "Trimestre irrégulier. Relisez le cours chaque soir et posez vos questions en classe.",
            "Des difficultés, mais de la bonne volonté. L’aide aux devoirs serait utile.",
            "{prénom} décroche quand la consigne est longue. Reprenons la méthode ensemble.",
        ),
    ),
    (
        0,
        (
            "Un trimestre difficile. Venez me voir, nous ferons le point sur ce qui bloque.",
            "Le travail à la maison manque. {prénom} est capable de mieux.",
            "Les bases sont fragiles, il faut les reprendre sans attendre.",
        ),
    ),
)
GENERAL_WORDS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (15, ("Un excellent trimestre, de la curiosité et de la rigueur dans toutes les matières.",)),
    (
        13,
        (
            "Un bon trimestre. Le travail est régulier et l’attitude agréable.",
            "Un trimestre solide. Quelques matières demandent encore de l’attention.",
        ),
    ),
    (
        11,
        (
            "Un ensemble convenable, avec des progrès possibles partout où les leçons sont mieux apprises.",
            "Des résultats inégaux. La méthode est à travailler dès maintenant.",
        ),
    ),
    (0, ("Un trimestre fragile. L’équipe propose un rendez-vous à la famille pour chercher de l’aide.",)),
)
LIFE_WORDS = (
    "Assiduité et ponctualité sans reproche.",
    "Bon esprit, présence agréable dans l’établissement.",
    "Quelques retards au premier cours du matin, à surveiller.",
)
PHRASES = (
    "{prénom} participe volontiers et progresse.",
    "Le travail en {matière} est sérieux et régulier.",
    "Il faut apprendre les leçons chaque soir.",
    "Venez me poser vos questions à la fin du cours.",
)
# Of a hundred appreciations of somebody who is late, in a class whose council is to come, those that are still to write.
LEFT = 45
# One teacher in so many is late, beside those whom a visitor may be.
LATE = 9
# Of a hundred pupils whose council is to come, those of whom the head teacher has prepared the general appreciation.
SUMMED_UP = 85
WRITTEN_IN, COUNCIL_AT = 4, time(17)


@dataclass(frozen=True)
class Ground:
    """What a school is written with: the means of each pupil by subject, and who writes what."""

    school: School
    period: Period
    draw: Random
    means: Mapping[tuple[int, int], float]
    names: Mapping[int, str]
    # The end of the period, or today while it goes on: councils meet around it.
    day: date

    def mean_of(self, pupil: int) -> float:
        own = [value for (one, _subject), value in self.means.items() if one == pupil]
        return sum(own) / len(own) if own else 0.0

    def moment(self, days: int, at: time) -> datetime:
        """So many working days after the end of the period, or after today: no council meets on a Sunday."""
        step, day = timedelta(days=1 if days > 0 else -1), _worked(self.day, timedelta(days=-1))
        for _ in range(abs(days)):
            day = _worked(day + step, step)
        return datetime.combine(day, at, ZoneInfo(self.school.timezone))


def _worked(day: date, step: timedelta) -> date:
    """That day, else the nearest before or after that is none of a week-end."""
    while day.weekday() > 4:
        day += step
    return day


def plant(world: Any) -> None:
    """The first period of a collège: one council held, one that has begun, the others to come."""
    if world.kind == School.Kind.ECOLE:
        return
    if world.imported and world.kind == School.Kind.COLLEGE:
        _number(world.school)
    period = Period.objects.filter(year=world.year).order_by("starts").first()
    classes = list(Group.objects.filter(year=world.year, kind=Group.Kind.CLASS).order_by("level", "name"))
    if period is None or not classes:
        return
    draw = Random(f"{world.school.uai} bulletins")  # noqa: S311 - invented words, the same at each planting  # nosec B311
    day = min(period.ends, world.today)
    ground = Ground(world.school, period, draw, _means(period), _names(world), day)
    stages = _stages(world, classes)
    held = {group for group, stage in stages.items() if stage == "held"}
    _policy(ground)
    insert(list(_texts(ground, held, _late(world))))
    _councils(ground, classes, stages)
    for group in classes:
        if group.pk in held:
            _cards(ground, group)
    _reminders(ground)
    _suggestions(ground, held, world.people.get("teacher"))
    teacher = world.people.get("teacher")
    if teacher:
        Phrase.objects.bulk_create(Phrase(school=world.school, owner=teacher, text=text) for text in PHRASES)


def _policy(ground: Ground) -> None:
    """Who signs the bulletins of the school."""
    head = Person.objects.filter(pk=_holder(ground.school, Role.HEAD)).first()
    if head:
        signatory = f"{head.formal_name}, chef d’établissement"
        CardPolicy.objects.update_or_create(school=ground.school, defaults={"signatory": signatory})


def _number(school: School) -> None:
    """The numbers that an import of SIECLE and STSWEB would bring beside those of the académie: the livret scolaire asks for them."""
    pupils = Holding.objects.filter(school=school, role=Role.PUPIL).order_by("person__search_name", "person")
    teachers = Assignment.objects.filter(school=school).order_by("teacher__search_name", "teacher")
    keys = [
        *((str(rank), pk) for rank, pk in _ranked(pupils.values_list("person_id", flat=True))),
        *((f"epp:{rank}", pk) for rank, pk in _ranked(teachers.values_list("teacher_id", flat=True))),
    ]
    insert(
        [
            ExternalId(source="siecle", authority=school.uai, kind="person", value=value, person_id=pk)
            for value, pk in keys
        ]
    )


def _ranked(people: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Each person once, numbered from 1001."""
    return enumerate(dict.fromkeys(people), 1001)


def _stages(world: Any, classes: Sequence[Group]) -> dict[int, str]:
    """The council of the class of the cast's pupil is over; that of another one, led by the cast's teacher if there is one, has begun."""
    pupil, teacher = world.people.get("pupil"), world.people.get("teacher")
    own = Enrolment.objects.filter(pupil=pupil, group__in=classes, ends=None).values_list(
        "group_id", flat=True
    )
    over = next(iter(own), classes[-1].pk)
    led = Assignment.objects.filter(teacher=teacher, kind=Assignment.Kind.HEAD_TEACHER, group__in=classes)
    others = [*led.values_list("group_id", flat=True), *(one.pk for one in classes)]
    begun = next((group for group in others if group != over), None)
    return {over: "held"} | ({begun: "begun"} if begun else {})


def _means(period: Period) -> dict[tuple[int, int], float]:
    """Out of 20, by pupil and subject: a rough mean, no average of the school."""
    rows = Mark.objects.filter(assessment__period=period, value__isnull=False)
    found: dict[tuple[int, int], list[float]] = defaultdict(list)
    for pupil, subject, value, scale in rows.values_list(
        "pupil_id", "assessment__subject_id", "value", "assessment__scale"
    ):
        found[pupil, subject].append(float(value) * 20 / float(scale))
    return {key: sum(values) / len(values) for key, values in found.items()}


def _names(world: Any) -> dict[int, str]:
    rows = Enrolment.objects.filter(group__year=world.year)
    return dict(rows.values_list("pupil_id", "pupil__given_name"))


def _words(banks: Sequence[tuple[float, tuple[str, ...]]], mean: float, draw: Random, name: str) -> str:
    words = next(words for least, words in banks if mean >= least)
    return draw.choice(words).replace("{prénom}", name)


def _there(group: int, period: Period) -> list[int]:
    rows = Enrolment.objects.filter(group=group).filter(Q(ends=None) | Q(ends__gt=period.ends))
    return list(dict.fromkeys(rows.order_by("pk").values_list("pupil_id", flat=True)))


def _late(world: Any) -> set[int]:
    """Who has not written everything: the teachers whom a visitor may be, and one in nine of the others."""
    own = {person.pk for key, person in world.people.items() if key.startswith("teacher")}
    rows = Assignment.objects.filter(school=world.school, kind=Assignment.Kind.TEACHES)
    every = dict.fromkeys(rows.order_by("teacher__search_name", "pk").values_list("teacher_id", flat=True))
    return own | set(list(every)[::LATE])


def _texts(ground: Ground, complete: set[int], late: set[int]) -> Iterator[Appreciation]:
    """What subjects say, then the head teacher and school life."""
    rows = Assignment.objects.filter(group__year=ground.period.year).order_by("group_id", "kind", "pk")
    assignments = list(rows.values_list("group_id", "kind", "subject_id", "teacher_id"))
    learners = {group: _there(group, ground.period) for group in {row[0] for row in assignments}}
    settled = {pupil for group in complete for pupil in learners.get(group, [])}
    met: set[tuple[int, int]] = set()
    for group, kind, subject, teacher in assignments:
        for pupil in learners[group]:
            if kind == Assignment.Kind.TEACHES and (pupil, subject) not in met:
                met.add((pupil, subject))
                mean = ground.means.get((pupil, subject))
                if mean is None and pupil in settled:
                    mean = ground.mean_of(pupil)
                is_left = pupil not in settled and teacher in late and ground.draw.randint(1, 100) <= LEFT
                if mean is not None and not is_left:
                    text = _words(SUBJECT_WORDS, mean, ground.draw, ground.names[pupil])
                    who = {"kind": Kind.SUBJECT, "subject_id": subject, "changed_by_id": teacher}
                    yield _text(ground, pupil, group, text, **who)
            elif kind == Assignment.Kind.HEAD_TEACHER and (pupil, 0) not in met:
                if group not in complete and ground.draw.randint(1, 100) > SUMMED_UP:
                    continue
                met.add((pupil, 0))
                text = _words(GENERAL_WORDS, ground.mean_of(pupil), ground.draw, ground.names[pupil])
                yield _text(ground, pupil, group, text, kind=Kind.GENERAL, changed_by_id=teacher)
    yield from _life(ground, complete, learners)


def _life(ground: Ground, complete: set[int], learners: Mapping[int, list[int]]) -> Iterator[Appreciation]:
    """School life writes of one pupil in three."""
    cpe = _holder(ground.school, Role.SCHOOL_LIFE)
    for group in sorted(complete):
        for place, pupil in enumerate(learners.get(group, [])):
            if cpe and place % 3 == 0:
                text = ground.draw.choice(LIFE_WORDS)
                yield _text(ground, pupil, group, text, kind=Kind.SCHOOL_LIFE, changed_by_id=cpe)


def _holder(school: School, role: Role) -> int | None:
    rows = Holding.objects.filter(school=school, role=role, ends=None).order_by("pk")
    found: int | None = rows.values_list("person_id", flat=True).first()
    return found


def _text(ground: Ground, pupil: int, group: int, text: str, **who: Any) -> Appreciation:
    return Appreciation(
        school=ground.school,
        period=ground.period,
        pupil_id=pupil,
        group_id=group,
        text=text,
        changed_at=ground.moment(-WRITTEN_IN, COUNCIL_AT),
        **who,
    )


def _councils(ground: Ground, classes: Sequence[Group], stages: Mapping[int, str]) -> None:
    """One is over, one has begun, the others have their day."""
    head = _holder(ground.school, Role.HEAD)
    for place, group in enumerate(classes):
        stage = stages.get(group.pk) if head else None
        days = -1 if stage == "held" else 0 if stage == "begun" else 1 + place // 2
        council = Council(
            school=ground.school, group=group, period=ground.period, starts=ground.moment(days, COUNCIL_AT)
        )
        if stage == "held":
            council.held_at, council.held_by_id = ground.moment(-1, time(18, 30)), head
            council.present = "La direction, la CPE, l’équipe de la classe, deux délégués, deux parents."
            council.comment = "Une classe agréable, qui travaille et s’entraide. L’oral reste timide."
        council.save()
        if stage and head:
            pupils = _there(group.pk, ground.period)
            seen = pupils if stage == "held" else pupils[: len(pupils) // 3]
            Decision.objects.bulk_create(_decisions(ground, council, seen, head))


def _decisions(ground: Ground, council: Council, pupils: Sequence[int], head: int) -> Iterator[Decision]:
    limits = ((16.0, "Félicitations"), (14.0, "Compliments"), (12.5, "Encouragements"))
    for pupil in pupils:
        mean = ground.mean_of(pupil)
        word = next((word for least, word in limits if mean >= least), "")
        yield Decision(
            council=council, pupil_id=pupil, distinction=word, by_id=head, at=ground.moment(-1, COUNCIL_AT)
        )


def _head_of(ground: Ground, at: datetime | None = None) -> Viewer | None:
    """The head, in the seat of this school, at a moment, else this morning."""
    person = Person.objects.filter(pk=_holder(ground.school, Role.HEAD)).first()
    viewer = viewer_for(person, 0, at or ground.moment(0, time(7))) if person else None
    return viewer if viewer and viewer.school_id == ground.school.pk else None


def _reminders(ground: Ground) -> None:
    """Of those who have something left to write, one in three was reminded on the working day before."""
    viewer = _head_of(ground)
    if viewer is None:
        return
    at = ground.moment(-1, time(9, 40))
    TextReminder.objects.bulk_create(
        TextReminder(
            school=ground.school,
            period=ground.period,
            teacher=one.person,
            day=at.date(),
            left=one.left,
            at=at,
            by=viewer.person,
        )
        for one in campaign_of(viewer, ground.period).teachers[::3]
    )


# What whoever reads a text again puts instead, and what its author has answered.
REPLACED = (
    ("osez davantage", "et j’attends que vous osiez davantage"),
    ("Soignez la rédaction", "Soignez maintenant la rédaction"),
    ("Il faut maintenant de la constance.", "Il reste à tenir cet effort jusqu’en décembre."),
    ("Venez me voir, nous", "Venez me voir cette semaine, nous"),
    ("Le travail à la maison manque.", "Le travail à la maison reste à faire chaque soir."),
)
ANSWERS = ("accepted", "accepted", "waiting", "accepted", "refused", "accepted")
# One text in so many is corrected: more of those of the cast's teacher, whose visitor reads them.
SELDOM, OFTEN = 60, 8


def _suggestions(ground: Ground, complete: set[int], teacher: Person | None) -> None:
    """The head has read again some texts of the classes whose council is to come: some were answered."""
    viewer = _head_of(ground)
    if viewer is None:
        return
    rows = Appreciation.objects.filter(period=ground.period, kind=Kind.SUBJECT).exclude(group__in=complete)
    rows = rows.exclude(changed_by=viewer.person.pk).filter(group__kind=Group.Kind.CLASS)
    made: list[Suggestion] = []
    for text in rows.order_by("group__name", "pk"):
        own = teacher is not None and text.changed_by_id == teacher.pk
        old, new = next((pair for pair in REPLACED if pair[0] in text.text), ("", ""))
        if old and ground.draw.randint(1, OFTEN if own else SELDOM) == 1:
            state = Suggestion.State.WAITING if own else ANSWERS[len(made) % len(ANSWERS)]
            made.append(_suggested(ground, text, text.text.replace(old, new), str(state), viewer.person))
    Suggestion.objects.bulk_create(made)


def _suggested(ground: Ground, text: Appreciation, wording: str, state: str, by: Person) -> Suggestion:
    at, former, answered = ground.moment(-1, time(16, 20)), text.text, state != Suggestion.State.WAITING
    version = text.version
    if state == Suggestion.State.ACCEPTED:
        text.text, text.version = wording, version + 1
        text.save(update_fields=["text", "version"])
    return Suggestion(
        school=ground.school,
        appreciation=text,
        pupil_id=text.pupil_id,
        former=former,
        based_on=version,
        text=wording,
        state=state,
        by=by,
        at=at,
        answered_by_id=text.changed_by_id if answered else None,
        answered_at=at if answered else None,
    )


def _cards(ground: Ground, group: Group) -> None:
    """The bulletins of a class, read by its families since yesterday; their papers are made in the demonstration by who prepares them."""
    at = ground.moment(-1, time(19))
    # Gathered as of the evening on which it was made: it counts nothing that was missed since.
    viewer = _head_of(ground, at)
    if viewer is None:
        return
    made = gathered(viewer, group, ground.period, [ground.period])
    ReportCard.objects.bulk_create(
        ReportCard(
            school=ground.school,
            group=group,
            period=ground.period,
            pupil_id=seat.pupil.pk,
            number=1,
            content=content,
            digest=digest_of(content),
            made_at=at,
            made_by=viewer.person,
            published_at=at,
            told_at=at,
        )
        for seat in made.room.seats
        for content in [made.content_of(seat)]
    )
