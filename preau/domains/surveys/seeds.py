"""The demonstration's share: a survey of families that is open, a vote of the staff that is over, an election of the class finished."""

from datetime import datetime, time, timedelta
from secrets import SystemRandom
from typing import Any
from zoneinfo import ZoneInfo

from preau.commons.questions import actions as questions
from preau.commons.questions.models import Questionnaire, Response
from preau.commons.questions.queries.typed import QuestionFacts
from preau.directory.models import Assignment, Group, Person
from preau.directory.words import Role
from preau.domains.surveys.actions import writing
from preau.domains.surveys.models import Candidate, Delegate, Election, Elector, Round, Survey, Urn, Voter
from preau.domains.surveys.queries import counting
from preau.domains.surveys.queries.elections import guardians_of, pupils_of
from preau.domains.surveys.queries.surveys import voters_meant
from preau.foundation import text

WORDS = [
    "Un temps de parole chaque semaine, et une boîte à idées dans la classe.",
    "Que la cour ouvre plus tôt quand il pleut, et des jeux à emprunter au foyer.",
    "Une sortie par trimestre, choisie par la classe.",
]


def plant(world: Any) -> None:
    """All three in the class of the cast's pupil."""
    group = world.own_class()
    if group is None:
        return
    taught = Assignment.objects.active(world.today).filter(group=group).order_by("pk")
    leads = taught.filter(kind=Assignment.Kind.HEAD_TEACHER)
    teacher = Person.objects.filter(pk__in=(leads or taught).values("teacher_id")[:1]).first()
    head = world.holder(Role.HEAD)
    if teacher is None or head is None:
        return
    _canteen(world, group, head)
    _vote(world, head)
    _election(world, group, teacher)
    parents = guardians_of(group, world.today).exclude(pk__in=[teacher.pk, head.pk])
    for parent in parents.order_by("pk")[1:3]:
        Delegate.objects.create(
            school=world.school,
            group=group,
            person=parent,
            kind=Delegate.Kind.PARENT,
            named_at=_at(world, -40, 9),
        )


def _at(world: Any, days: int, hour: int) -> datetime:
    """At an hour of a day of school: that one, or the Friday before."""
    day = world.today + timedelta(days=days)
    day -= timedelta(days=max(0, day.weekday() - 4))
    return datetime.combine(day, time(hour), ZoneInfo(world.school.timezone))


def _survey(
    world: Any, title: str, body: str, author: Person, opens: int, closes: int, **more: Any
) -> Survey:
    opens_at = _at(world, opens, 7)
    asked = questions.make("surveys", world.school, author, title)
    Questionnaire.objects.filter(pk=asked.pk).update(made_at=opens_at)
    made: Survey = Survey.objects.create(
        school=world.school,
        title=title,
        search_title=text.fold(title),
        text=body,
        author=author,
        questionnaire=asked,
        opens_at=opens_at,
        closes_at=_at(world, closes, 20),
        written_at=opens_at,
        sent_at=opens_at,
        told_at=opens_at,
        state=Survey.State.SENT,
        **more,
    )
    return made


def _canteen(world: Any, group: Group, head: Person) -> None:
    """Open to the families of the class; that of the cast has not answered."""
    survey = _survey(
        world,
        "La demi-pension\u202f: votre avis",
        "Quelques questions sur les repas et le temps de midi. Les réponses servent au prochain conseil d’administration.",
        head,
        -4,
        6,
        audience=Survey.Audience.FAMILIES,
        shows_results=True,
    )
    survey.groups.set([group])
    _canteen_questions(survey.questionnaire)
    Voter.objects.bulk_create(voters_meant(survey, world.today))
    done: set[int] = set()
    own = world.people["pupil"].pk
    for rank, voter in enumerate(survey.voters.filter(part=Voter.Part.GUARDIAN).order_by("pupil_id", "pk")):
        if voter.pupil_id == own or voter.pupil_id in done or voter.pupil_id is None or rank % 3 == 0:
            continue
        done.add(voter.pupil_id)
        _canteen_response(survey.questionnaire, voter, rank, _at(world, -3, 18))
    survey.voters.filter(pupil__in=done).update(answered=True)


def _canteen_questions(asked: Any) -> None:
    eats = questions.add(asked, QuestionFacts("yes_no", "Votre enfant mange-t-il à la demi-pension\u202f?"))
    questions.add(
        asked,
        QuestionFacts(
            "scale",
            "Êtes-vous satisfaits des repas\u202f?",
            lowest=1,
            highest=5,
            choices=("pas du tout", "tout à fait"),
            only_if=eats.pk,
            only_if_answer="yes",
        ),
    )
    questions.add(asked, QuestionFacts("long", "Que changeriez-vous\u202f?", is_required=False))


def _canteen_response(asked: Any, voter: Voter, rank: int, at: datetime) -> None:
    """One family in five does not eat there; the others give two marks to five."""
    answers: dict[str, Any] = {"q1": rank % 5 != 0}
    if answers["q1"]:
        answers["q2"] = 2 + rank % 4
    Response.objects.create(
        questionnaire=asked,
        subject_id=voter.pupil_id,
        respondent_id=voter.person_id,
        state=Response.State.SENT,
        answers=answers,
        digest=questions.digest_of(asked, answers),
        written_at=at,
    )


def _vote(world: Any, head: Person) -> None:
    """Anonymous, over, with a quorum that was met."""
    survey = _survey(
        world,
        "Journée pédagogique\u202f: le thème",
        "Le thème de la journée de février. Le vote vaut si la moitié répond.",
        head,
        -20,
        -10,
        audience=Survey.Audience.STAFF,
        is_anonymous=True,
        quorum=Survey.Quorum.HALF,
        shows_results=True,
    )
    themes = ("L’évaluation", "L’oral", "Le climat scolaire")
    asked: Any = survey.questionnaire
    question = questions.add(asked, QuestionFacts("one", "Quel thème\u202f?", choices=themes))
    Voter.objects.bulk_create(voters_meant(survey, world.today))
    voted = [voter.pk for rank, voter in enumerate(survey.voters.order_by("pk")) if rank % 4]
    survey.voters.filter(pk__in=voted).update(answered=True)
    ballots = [{question.name: themes[(0, 1, 1, 2, 1)[rank % 5]]} for rank in range(len(voted))]
    SystemRandom().shuffle(ballots)
    Urn.objects.create(survey=survey, ballots=ballots)
    writing.end_past()


def _election(world: Any, group: Group, teacher: Person) -> None:
    """Finished in two rounds: the first elected one, the second the other."""
    pupils = list(pupils_of(group, world.today).order_by("pk"))
    if len(pupils) < 8:
        return
    opened = _at(world, -46, 9)
    # Monday: the two rounds are on Tuesday and Wednesday.
    opened -= timedelta(days=opened.weekday())
    election = Election.objects.create(
        school=world.school, group=group, opened_by=teacher, opened_at=opened, state=Election.State.OVER
    )
    standing = [
        Candidate.objects.create(
            election=election,
            pupil=pupils[rank + 1],
            substitute=pupils[rank + 4],
            words=words,
            agreed=True,
            state=Candidate.State.ACCEPTED,
        )
        for rank, words in enumerate(WORDS)
    ]
    votes = [
        [0] * (len(pupils) // 2 + 1) + [1] * (len(pupils) // 4),
        [1] * (len(pupils) // 2) + [2] * (len(pupils) // 4),
    ]
    for number, ranks in enumerate(votes, start=1):
        _round(election, number, pupils, [standing[rank] for rank in ranks], opened + timedelta(days=number))
    kinds = Delegate.Kind
    for candidate in standing[:2]:
        for person, kind in (
            (candidate.pupil, kinds.DELEGATE),
            (candidate.substitute, kinds.SUBSTITUTE),
        ):
            _delegate(election, person, kind, opened + timedelta(days=2))


def _delegate(election: Election, person: Person, kind: str, at: datetime) -> None:
    school, group = election.school, election.group
    Delegate.objects.create(school=school, group=group, person=person, kind=kind, named_at=at)


def _round(
    election: Election, number: int, pupils: list[Person], chosen: list[Candidate], opened: datetime
) -> None:
    on_ballot = list(election.candidates.filter(elected_in=0).select_related("pupil").order_by("pk"))
    ballots = [str(one.pk) for one in chosen] + [counting.BLANK]
    SystemRandom().shuffle(ballots)
    round_ = Round(
        election=election,
        number=number,
        opened_at=opened,
        closed_at=opened + timedelta(hours=1),
        closed_by=election.opened_by,
        on_roll=len(pupils),
    )
    counted = counting.count(ballots, [one.pk for one in on_ballot])
    round_.voted, round_.blank, round_.tally = counted.voted, counted.blank, dict(counted.tally)
    names = {str(one.pk): one.pupil.full_name for one in on_ballot}
    round_.digest = counting.digest_of(round_, names)
    round_.save()
    Urn.objects.create(round=round_, ballots=ballots)
    Elector.objects.bulk_create(
        [
            Elector(round=round_, pupil=pupil, has_voted=rank < len(ballots))
            for rank, pupil in enumerate(pupils)
        ]
    )
    for one in counting.elected(number, counted, on_ballot, 1):
        Candidate.objects.filter(pk=one.pk).update(elected_in=number)
