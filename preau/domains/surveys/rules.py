"""May this viewer do that with surveys, votes and elections?"""

from datetime import datetime

from preau.directory.models import Group
from preau.directory.rules.groups import teaches_in
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.surveys.models import OPENERS, Candidate, Delegate, Election, Elector, Survey, Voter

# No result of an anonymous survey below that many answers: fewer would say who answered what.
THRESHOLD = 5


def reads_surveys(viewer: Viewer, *_: object) -> bool:
    """The staff, pupils and families."""
    return viewer.profile in {Profile.STAFF, Profile.PUPIL, Profile.GUARDIAN}


def asks(viewer: Viewer, *_: object) -> bool:
    """Head and CPE anybody; a teacher, those of their classes and groups."""
    return viewer.holds(*OPENERS, Role.TEACHER) and viewer.year is not None


def asks_all(viewer: Viewer, *_: object) -> bool:
    return viewer.holds(*OPENERS) and viewer.year is not None


def follows(viewer: Viewer, survey: Survey) -> bool:
    """Whose it is; once it has left, the head too."""
    if not viewer.is_staff or survey.school_id != viewer.school_id:
        return False
    return survey.author_id == viewer.person.pk or (not survey.is_draft and viewer.holds(Role.HEAD))


def changes(viewer: Viewer, survey: Survey) -> bool:
    """Its author, as long as it is a draft."""
    return survey.is_draft and sends(viewer, survey)


def sends(viewer: Viewer, survey: Survey) -> bool:
    """Its author; a second click is told that it has left."""
    return survey.author_id == viewer.person.pk and asks(viewer)


def follows_all(viewer: Viewer, *_: object) -> bool:
    """The head, who reads the following of every survey that has left."""
    return viewer.holds(Role.HEAD)


def drives(viewer: Viewer, survey: Survey) -> bool:
    """Reminds, ends, reads the results: whoever follows it, once it has left."""
    return not survey.is_draft and follows(viewer, survey)


def asks_again(viewer: Viewer, survey: Survey) -> bool:
    """Its author, of what has left: other questions are another version."""
    return not survey.is_draft and sends(viewer, survey)


def receives(viewer: Viewer, voter: Voter) -> bool:
    """It is their own line of the roll, about somebody for whom they still answer."""
    if voter.person_id != viewer.person.pk:
        return False
    return viewer.is_staff if voter.pupil_id is None else voter.pupil_id in viewer.own_pupils()


def shows_results(survey: Survey, now: datetime) -> bool:
    """Are results shown to anybody yet? Of an anonymous survey, once it is closed."""
    return not survey.is_anonymous or survey.is_over(now)


# Elections


def opens_elections(viewer: Viewer, *_: object) -> bool:
    """Head, CPE, and a head teacher for their class."""
    return viewer.holds(*OPENERS, Role.TEACHER) and viewer.year is not None


def reads_elections(viewer: Viewer, *_: object) -> bool:
    """Whoever holds some, and pupils."""
    return opens_elections(viewer) or viewer.profile == Profile.PUPIL


def is_elector(viewer: Viewer, *_: object) -> bool:
    return viewer.profile == Profile.PUPIL


def sees(viewer: Viewer, election: Election) -> bool:
    """Whoever sees it: `visible_to` says who."""
    return election.school_id == viewer.school_id


def holds(viewer: Viewer, election: Election) -> bool:
    return Election.objects.led_by(viewer).filter(pk=election.pk).exists()


def decides(viewer: Viewer, candidate: Candidate) -> bool:
    return holds(viewer, candidate.election)


def withdraws(viewer: Viewer, candidate: Candidate) -> bool:
    """Whose candidacy it is."""
    return is_elector(viewer) and candidate.pupil_id == viewer.person.pk


def is_named_substitute(viewer: Viewer, candidate: Candidate) -> bool:
    """Who is named as its substitute: they say yes, or no more."""
    return is_elector(viewer) and candidate.substitute_id == viewer.person.pk


def votes(viewer: Viewer, elector: Elector) -> bool:
    """On their own line of the roll."""
    return is_elector(viewer) and elector.pupil_id == viewer.person.pk


def reads_delegates(viewer: Viewer, *_: object) -> bool:
    """The staff, all; pupils and families, those of their class."""
    return reads_surveys(viewer)


def names_delegates(viewer: Viewer, *_: object) -> bool:
    """The head types the representatives of parents."""
    return viewer.holds(Role.HEAD) and viewer.year is not None


def ends_delegate(viewer: Viewer, delegate: Delegate) -> bool:
    return names_delegates(viewer) and delegate.school_id == viewer.school_id


def surveys_group(viewer: Viewer, group: Group) -> bool:
    """Any, for whoever asks all; those that they teach, for a teacher."""
    return asks_all(viewer) or (asks(viewer) and teaches_in(viewer, group))
