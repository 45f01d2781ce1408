"""Surveys and elections for the tests: to the family of the cast's pupil, of their class; many of them."""

from datetime import timedelta
from typing import Any

from conftest import NOW
from preau.commons.questions import actions as questions
from preau.commons.questions.models import Questionnaire
from preau.commons.questions.queries.typed import QuestionFacts
from preau.directory.models import Enrolment, Group, Guardianship, Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.words import Authority, Kinship
from preau.domains.surveys.models import Candidate, Delegate, Election, Elector, Round, Survey, Urn, Voter
from preau.domains.surveys.queries.elections import pupils_of
from preau.domains.surveys.queries.surveys import voters_meant
from preau.foundation import text

TODAY = NOW.date()


def a_draft(world: World, title: str = "La cantine", by: str = "teacher", **fields: Any) -> Survey:
    """Two questions to the families of the class of the cast's pupil, which have not left."""
    given: dict[str, Any] = {
        "audience": "families",
        "opens_at": NOW - timedelta(hours=1),
        "closes_at": NOW + timedelta(days=7),
    } | fields
    survey: Survey = Survey.objects.create(
        school=world.school,
        title=title,
        search_title=text.fold(title),
        author=world.people[by],
        written_at=NOW,
        **given,
    )
    survey.groups.set([own_class(world)])
    survey.questionnaire = questions.make("surveys", world.school, world.people[by], title)
    questions.add(survey.questionnaire, QuestionFacts("yes_no", "Mange-t-il au collège\u202f?"))
    questions.add(
        survey.questionnaire,
        QuestionFacts("one", "Quel jour\u202f?", choices=("Lundi", "Jeudi"), is_required=False),
    )
    survey.save()
    return survey


def a_survey(world: World, title: str = "La cantine", by: str = "teacher", **fields: Any) -> Survey:
    """The same, sent an hour ago; nobody is told."""
    survey = a_draft(world, title, by, **fields)
    survey.state, survey.sent_at, survey.told_at = Survey.State.SENT, NOW - timedelta(hours=1), NOW
    survey.save()
    Voter.objects.bulk_create(voters_meant(survey, TODAY))
    if survey.is_anonymous:
        Urn.objects.create(survey=survey)
    return survey


def line_of(survey: Survey, person: Person) -> Voter:
    """The line of somebody on the roll."""
    found: Voter = survey.voters.filter(person=person).order_by("pk")[0]
    return found


def known(world: World, title: str, make: Any = a_survey, **fields: Any) -> Survey:
    """The one of that title, made once."""
    found = Survey.objects.filter(school=world.school, title=title).first()
    return found or make(world, title, **fields)


def own_survey(world: World) -> Survey:
    return known(world, "Pour les familles")


def own_followed(world: World) -> Survey:
    """One of which the cast's family is not on the roll."""
    found = known(world, "Pour les autres")
    found.voters.filter(pupil=world.people["pupil"]).delete()
    return found


def own_draft(world: World) -> Survey:
    return known(world, "Brouillon", a_draft)


def own_line(world: World) -> Voter:
    return line_of(own_survey(world), world.people["guardian"])


def many_surveys(world: World, count: int) -> None:
    """`count` of the teacher's, with the line of the cast's family and of a colleague on the roll."""
    people = world.people
    for _ in range(count):
        number = Survey.objects.count()
        survey = Survey.objects.create(
            school=world.school,
            title=f"Sondage {number}",
            search_title=f"sondage {number}",
            audience="families",
            author=people["teacher"],
            written_at=NOW,
            sent_at=NOW,
            told_at=NOW,
            state="sent",
            opens_at=NOW - timedelta(hours=1),
            closes_at=NOW + timedelta(days=3),
            questionnaire=Questionnaire.objects.create(
                school=world.school, house="surveys", title="x", made_by=people["teacher"], made_at=NOW
            ),
        )
        survey.groups.set([own_class(world)])
        for key in ("guardian", "other_guardian"):
            Voter.objects.create(survey=survey, pupil=people["pupil"], person=people[key], part="guardian")


def an_election(world: World, by: str = "cpe", group: Group | None = None) -> Election:
    """Of the class of the cast's pupil: candidates come. What the seeds finished there stands aside."""
    group = group or own_class(world)
    found: Election = Election.objects.create(
        school=group.school, group=group, opened_by=world.people[by], opened_at=NOW
    )
    return found


def pupils(election: Election) -> list[Person]:
    return list(pupils_of(election.group, TODAY).order_by("pk"))


def stands(election: Election, pupil: Person, substitute: Person, **more: Any) -> Candidate:
    found: Candidate = Candidate.objects.create(
        election=election,
        pupil=pupil,
        substitute=substitute,
        **{"state": "accepted", "words": "Des idées.", "agreed": True} | more,
    )
    return found


def own_election(world: World) -> Election:
    """One that goes on: the cast's pupil is of the class."""
    found: Election | None = (
        Election.objects.filter(group=own_class(world)).exclude(state=Election.State.OVER).first()
    )
    return found or an_election(world)


def own_elector(world: World) -> Elector:
    """The cast's pupil on the roll of an open round."""
    election = own_election(world)
    round_ = Round.objects.filter(election=election).first()
    if round_ is None:
        there = pupils(election)
        stands(election, there[0], there[1])
        round_ = Round.objects.create(election=election, number=1, opened_at=NOW)
        Urn.objects.create(round=round_)
        Elector.objects.bulk_create([Elector(round=round_, pupil=pupil) for pupil in there])
        Election.objects.filter(pk=election.pk).update(state=Election.State.VOTING)
    found: Elector = round_.electors.get(pupil=world.people["pupil"])
    return found


def many_elections(world: World, count: int) -> None:
    """Finished ones, of the class of the cast's pupil."""
    for _ in range(count):
        Election.objects.create(
            school=world.school,
            group=own_class(world),
            opened_by=world.people["cpe"],
            opened_at=NOW,
            state=Election.State.OVER,
        )


def many_delegates(world: World, count: int) -> None:
    """Parents of the cast's pupil, who speak for their class."""
    pupil = world.people["pupil"]
    known = Delegate.objects.values("person_id")
    learnt = Enrolment.objects.filter(school=world.school).exclude(group=own_class(world)).values("pupil_id")
    for person in Person.objects.filter(pk__in=learnt).exclude(pk__in=known).order_by("pk")[:count]:
        Guardianship.objects.create(
            pupil=pupil, guardian=person, authority=Authority.LEGAL, kinship=Kinship.OTHER
        )
        Delegate.objects.create(
            school=world.school, group=own_class(world), person=person, kind="parent", named_at=NOW
        )
