"""May this viewer do that in a space?"""

from typing import Any

from preau.directory.models import Group, Person
from preau.directory.rules.groups import teaches_in
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.spaces.models import (
    Announcement,
    Card,
    Column,
    Definition,
    Kept,
    Meeting,
    Party,
    Question,
    Report,
    Resource,
    Space,
)
from preau.domains.spaces.models.spaces import ANSWERABLE, Power
from preau.domains.spaces.providers import is_offered

# A wall that people read at a glance, a class that asks, a project that stays one.
MOST_COLUMNS, MOST_CARDS, MOST_WAITING, MOST_PARTIES, MOST_RESOURCES, MOST_WORDS = 8, 120, 5, 40, 300, 500
MOST_KEPT = 1_000


def enters_spaces(viewer: Viewer, *_: object) -> bool:
    """Whoever works with pupils, and pupils: a family reads what a pupil shows of a portfolio, and enters no space."""
    return viewer.school_id is not None and (viewer.works_with_pupils or viewer.profile == Profile.PUPIL)


def makes_spaces(viewer: Viewer, *_: object) -> bool:
    """A project or a team: somebody who works with pupils, in a school whose year has begun."""
    return viewer.works_with_pupils and viewer.year is not None


def answers_calls(viewer: Viewer, *_: object) -> bool:
    """Who brings a class to a project of another school: a teacher, or whoever answers for the classes."""
    return makes_spaces(viewer) and viewer.holds(Role.TEACHER, *ANSWERABLE)


def enters(viewer: Viewer, space: Space) -> bool:
    """Whoever sees it."""
    return True


def _powers(viewer: Viewer, space: Space) -> Any:
    """The space with what the viewer may do in it: asked once a request."""
    if hasattr(space, "is_run"):
        return space
    asked = ("spaces.powers", space.pk)
    if asked not in viewer.found:
        viewer.found[asked] = Space.objects.opened_by(viewer, space.pk)
    return viewer.found[asked]


def runs(viewer: Viewer, space: Space) -> bool:
    """Its teachers; of a project or a team, whoever was named so; head and school life, who moderate what pupils share."""
    known = _powers(viewer, space)
    return known is not None and bool(known.is_run)


def goes_on(viewer: Viewer, space: Space) -> bool:
    return not space.is_over(viewer.today)


def runs_now(viewer: Viewer, space: Space) -> bool:
    """Runs it, while one writes in it."""
    return goes_on(viewer, space) and runs(viewer, space)


def writes(viewer: Viewer, space: Space) -> bool:
    """Puts cards, words and the like, until its last day: whoever runs it; pupils, where they may; parties, as they were let in."""
    if not goes_on(viewer, space):
        return False
    known = _powers(viewer, space)
    if known is None:
        return False
    if known.is_run:
        return True
    if space.is_of_a_group:
        return viewer.profile == Profile.PUPIL and space.pupils_may == Power.WRITE
    return bool(known.may_write)


def has_questions(viewer: Viewer, space: Space) -> bool:
    """One's own space, and a team, ask nothing of a teacher."""
    return space.kind in {Space.Kind.GROUP, Space.Kind.TEACHING, Space.Kind.PROJECT}


def asks(viewer: Viewer, space: Space) -> bool:
    """Pupils of the space, where it takes questions."""
    known = space.asks and has_questions(viewer, space) and goes_on(viewer, space)
    return known and viewer.profile == Profile.PUPIL and _powers(viewer, space) is not None


def says_same(viewer: Viewer, question: Question) -> bool:
    """A pupil, of what another has asked and that the class reads."""
    out = question.is_out and question.removed_at is None and question.closed_at is None
    return out and question.by_id != viewer.person.pk and asks(viewer, question.space)


def answers(viewer: Viewer, question: Question) -> bool:
    return question.removed_at is None and runs_now(viewer, question.space)


def removes(viewer: Viewer, thing: Question | Card | Definition | Announcement) -> bool:
    """One's own, while the space goes on; whoever runs it, anybody's, at any time."""
    mine = thing.by_id == viewer.person.pk and goes_on(viewer, thing.space)
    return mine or runs(viewer, thing.space)


def open_reports_of(thing: Question | Card | Definition | Announcement) -> Any:
    """Those of a question or a card that wait; of the rest nothing is reported."""
    waiting = Report.objects.filter(settled_at=None)
    if isinstance(thing, Question):
        return waiting.filter(question=thing.pk)
    return waiting.filter(card=thing.pk) if isinstance(thing, Card) else waiting.none()


def is_reported(thing: Question | Card | Definition | Announcement) -> bool:
    """Does somebody still wait for a decision about it? A list asks it once for all its rows."""
    known = getattr(thing, "is_reported", None)
    return bool(open_reports_of(thing).exists() if known is None else known)


def restores(viewer: Viewer, thing: Question | Card | Definition | Announcement) -> bool:
    """Whoever took it away, while the space goes on; what a teacher took away, no pupil brings back, nor what is reported meanwhile."""
    if thing.removed_at is None or not goes_on(viewer, thing.space):
        return False
    if runs(viewer, thing.space):
        return True
    return thing.removed_by_id == viewer.person.pk and not is_reported(thing)


def puts_back(viewer: Viewer, thing: Question | Card | Definition | Announcement) -> bool:
    """The same, and whoever clicks twice: it is there already, which the page says."""
    return restores(viewer, thing) or (thing.removed_at is None and removes(viewer, thing))


def reports(viewer: Viewer, thing: Question | Card) -> bool:
    """Of what somebody else wrote, whoever reads it."""
    return thing.removed_at is None and thing.by_id != viewer.person.pk


def settles(viewer: Viewer, report: Report) -> bool:
    return report.by_id != viewer.person.pk and (runs(viewer, report.space) or viewer.holds(*ANSWERABLE))


def moves_card(viewer: Viewer, card: Card) -> bool:
    """Whoever writes in the space: a wall is everybody's."""
    return card.removed_at is None and writes(viewer, card.space)


def changes_column(viewer: Viewer, column: Column) -> bool:
    return runs_now(viewer, column.space)


def accepts(viewer: Viewer, definition: Definition) -> bool:
    return definition.removed_at is None and runs_now(viewer, definition.space)


def takes_off_shelf(viewer: Viewer, resource: Resource) -> bool:
    """Whoever runs the space; whoever put it there."""
    mine = resource.by_id == viewer.person.pk and goes_on(viewer, resource.space)
    return mine or runs_now(viewer, resource.space)


def has_parties(viewer: Viewer, space: Space) -> bool:
    """Whoever runs a project or a team says who takes part."""
    return space.kind in {Space.Kind.PROJECT, Space.Kind.TEAM} and runs_now(viewer, space)


def brings_groups(viewer: Viewer, space: Space) -> bool:
    """Whoever runs a project: a team is between adults."""
    return space.kind == Space.Kind.PROJECT and runs_now(viewer, space)


def calls_schools(viewer: Viewer, space: Space) -> bool:
    return space.kind == Space.Kind.PROJECT and runs_now(viewer, space)


def settles_space(viewer: Viewer, space: Space) -> bool:
    """Whoever runs it, closed too, so as to open it again; nobody once its year is over."""
    in_year = space.last_day is None or viewer.today <= space.last_day
    return in_year and runs(viewer, space)


def ends_party(viewer: Viewer, party: Party) -> bool:
    """Whoever runs the space in the school that made it; a school that was called, for its own alone; oneself."""
    if viewer.school_id not in {party.school_id, party.space.school_id}:
        return False
    if runs(viewer, party.space):
        return True
    if party.school_id != viewer.school_id:
        return False
    return party.person_id == viewer.person.pk or (viewer.is_staff and _answers_for(viewer, party.group))


def _answers_for(viewer: Viewer, group: Group | None) -> bool:
    return group is not None and (viewer.holds(*ANSWERABLE) or teaches_in(viewer, group))


# The portfolio


def has_portfolio(viewer: Viewer, *_: object) -> bool:
    """Pupils: it is theirs."""
    return viewer.profile == Profile.PUPIL


def reads_portfolio(viewer: Viewer, *_: object) -> bool:
    """Those to whom a pupil may show it: each sees what was shown to them."""
    return viewer.works_with_pupils or viewer.is_guardian


def is_shown_portfolios(viewer: Viewer, *_: object) -> bool:
    """Whose record of a pupil has it: guardians. Those who teach are shown the portfolios of a space on its page of people."""
    return viewer.is_guardian


def reads_portfolio_of(viewer: Viewer, person: Person) -> bool:
    """Those to whom this pupil shows something; of all the others nobody learns whether there is anything."""
    return reads_portfolio(viewer) and Kept.objects.visible_to(viewer).filter(pupil=person.pk).exists()


def keeps_kept(viewer: Viewer, kept: Kept) -> bool:
    return kept.pupil_id == viewer.person.pk


# Virtual classes


def has_meetings(viewer: Viewer, space: Space) -> bool:
    """Where pupils are, on a site that has a server for it."""
    return is_offered() and has_questions(viewer, space)


def plans_meetings(viewer: Viewer, space: Space) -> bool:
    return has_meetings(viewer, space) and runs_now(viewer, space)


def runs_meeting(viewer: Viewer, meeting: Meeting) -> bool:
    return is_offered() and runs(viewer, meeting.space)


def joins_meeting(viewer: Viewer, meeting: Meeting) -> bool:
    """Whoever enters the space."""
    return is_offered() and goes_on(viewer, meeting.space)
