"""The election of delegates: it opens, pupils stand, vote, the round is closed and counted; delegates are named."""

import secrets
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Group, Person
from preau.directory.viewer import Viewer
from preau.domains.surveys import rules
from preau.domains.surveys.actions import telling, urns
from preau.domains.surveys.models import Candidate, Delegate, Election, Elector, Round, Urn
from preau.domains.surveys.queries import counting
from preau.domains.surveys.queries import elections as queries
from preau.foundation import journal
from preau.foundation.locks import lock

# Without letters and figures that are taken for one another, typed from a paper.
SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LONG = 8
State = Election.State


class NotNow(Exception):
    """The election is not there: candidates are closed, voting is not open, or is over."""


class NobodyStands(Exception):
    """Without a candidate there is nothing to vote."""


class StillWaiting(Exception):
    """A candidacy has not been looked at."""


class LeftOut(Exception):
    """A candidacy is to be written anew, or its substitute has not agreed: it would not be on the ballot."""


class Changed(Exception):
    """The candidacy is not what was read."""


class Engaged(Exception):
    """One of the two stands already, or has agreed to stand with somebody else."""


class SameWords(Exception):
    """It is to be written anew, and is as it was."""


class TooFew(Exception):
    """So few ballots would say whose they are."""


class NotOfTheClass(Exception):
    """This pupil is not of the class, today."""


class NotTheSame(Exception):
    """The two counts do not agree: nothing is written."""


@transaction.atomic
def open_election(viewer: Viewer, group: Group) -> tuple[Election, bool]:
    """Open the election of a class; the one that goes on where there is one."""
    group = lock(Group, group.pk)
    known: Election | None = Election.objects.filter(group=group).exclude(state=State.OVER).first()
    if known is not None:
        return known, False
    made: Election = Election.objects.create(
        school_id=group.school_id, group=group, opened_by=viewer.person, opened_at=timezone.now()
    )
    journal.record(viewer, "surveys.election_opened", made)
    return made, True


class NoReason(Exception):
    """A candidacy is not sent back without a word."""


@dataclass(frozen=True)
class Candidacy:
    """Who stands, who stands with them, and what they say."""

    pupil: Person
    substitute: Person
    words: str


@transaction.atomic
def stand(viewer: Viewer, election: Election, facts: Candidacy) -> bool:
    """Stand, or change what one said: an adult looks at it (again), but at what they typed themselves. False when it is the same.

    The substitute says yes on their own page; an adult who types it has asked them. Raises NotNow, NotOfTheClass, Engaged, SameWords.
    """
    election = lock(Election, election.pk, "group")
    if election.state != State.CANDIDATES:
        raise NotNow
    there = set(queries.pupils_of(election.group, viewer.today).values_list("pk", flat=True))
    if facts.pupil.pk == facts.substitute.pk or not {facts.pupil.pk, facts.substitute.pk} <= there:
        raise NotOfTheClass
    others = election.candidates.exclude(pupil=facts.pupil.pk)
    if others.engaging(facts.pupil.pk, facts.substitute.pk).exists():
        raise Engaged
    typed = rules.holds(viewer, election)
    known = election.candidates.filter(pupil=facts.pupil.pk).first()
    if known is None:
        known = Candidate(election=election, pupil=facts.pupil)
    elif _stays(known, facts, typed=typed):
        return False
    telling.settle_candidacy(known)
    known.agreed = typed or (known.agreed and known.substitute_id == facts.substitute.pk)
    known.substitute, known.words, known.refusal = facts.substitute, facts.words, ""
    known.state = Candidate.State.ACCEPTED if typed else Candidate.State.WAITING
    known.save()
    if not known.agreed:
        telling.tell_substitute(known)
    journal.record(viewer, "surveys.stood", election, subject_id=facts.pupil.pk)
    return True


def _stays(known: Candidate, facts: Candidacy, *, typed: bool) -> bool:
    """Is it written as it was? What an adult types again is accepted by that. Raises SameWords."""
    if (known.substitute_id, known.words) != (facts.substitute.pk, facts.words):
        return False
    if not typed and known.state == Candidate.State.REFUSED:
        raise SameWords
    return not typed or (known.agreed and known.state == Candidate.State.ACCEPTED)


@transaction.atomic
def decide(viewer: Viewer, candidate: Candidate, *, accepted: bool, read: str, why: str = "") -> bool:
    """Accept a candidacy with its words, or send it back to its pupil, who is told, and reads `why`. `read`: the digest of what was read.

    Raises NotNow, Changed, NoReason.
    """
    election = lock(Election, candidate.election_id, "group", "school")
    if election.state != State.CANDIDATES:
        raise NotNow
    known = Candidate.objects.filter(pk=candidate.pk).first()
    if known is None or not secrets.compare_digest(queries.reading_of(known), read):
        raise Changed
    if not accepted and not why:
        raise NoReason
    wanted = Candidate.State.ACCEPTED if accepted else Candidate.State.REFUSED
    done = Candidate.objects.filter(pk=candidate.pk).exclude(state=wanted).update(state=wanted, refusal=why)
    if done:
        telling.settle_revising(known)
        if not accepted:
            telling.tell_to_revise(known)
        journal.record(viewer, "surveys.candidacy_decided", election, subject_id=candidate.pupil_id)
    return bool(done)


@transaction.atomic
def agree(viewer: Viewer, candidate: Candidate) -> bool:
    """Whoever is named as substitute says yes; False when they have. Raises NotNow, Changed (somebody else is named now), Engaged."""
    election, known = _named(viewer, candidate)
    if known.agreed:
        return False
    if election.candidates.exclude(pk=known.pk).engaging(viewer.person.pk).exists():
        raise Engaged
    known.agreed = True
    known.save(update_fields=["agreed"])
    telling.settle_substitute(known)
    journal.record(viewer, "surveys.agreed", election, subject_id=viewer.person.pk)
    return True


@transaction.atomic
def step_aside(viewer: Viewer, candidate: Candidate) -> bool:
    """They are substitute no more: whoever stands names another, and is told. False when it is so. Raises NotNow, Changed."""
    election, known = _named(viewer, candidate)
    if not known.agreed and known.state == Candidate.State.REFUSED:
        return False
    if known.state != Candidate.State.REFUSED:
        known.refusal = ""
    known.agreed, known.state = False, Candidate.State.REFUSED
    known.save(update_fields=["agreed", "state", "refusal"])
    telling.settle_candidacy(known)
    telling.tell_to_revise(known)
    journal.record(viewer, "surveys.stepped_aside", election, subject_id=viewer.person.pk)
    return True


def _named(viewer: Viewer, candidate: Candidate) -> tuple[Election, Candidate]:
    """The candidacy as it is now, of which this pupil is the substitute, while candidacies come."""
    election = lock(Election, candidate.election_id, "group", "school")
    if election.state != State.CANDIDATES:
        raise NotNow
    known = Candidate.objects.filter(pk=candidate.pk, substitute=viewer.person.pk).first()
    if known is None:
        raise Changed
    return election, known


@transaction.atomic
def withdraw(viewer: Viewer, candidate: Candidate) -> bool:
    """A pupil stands no more. Raises NotNow once voting has begun."""
    election = lock(Election, candidate.election_id)
    if election.state != State.CANDIDATES:
        raise NotNow
    telling.settle_candidacy(candidate)
    deleted, _rows = Candidate.objects.filter(pk=candidate.pk).delete()
    if deleted:
        journal.record(viewer, "surveys.withdrew", election, subject_id=candidate.pupil_id)
    return deleted > 0


@transaction.atomic
def open_round(viewer: Viewer, election: Election, *, without: bool = False) -> bool:
    """Open the first round, or the second; False when one is open. `without`: the candidacies that are not ready stay off the ballot.

    Raises NotNow, StillWaiting, LeftOut, NobodyStands.
    """
    election = lock(Election, election.pk, "group", "school")
    if election.state == State.VOTING:
        return False
    if election.is_over:
        raise NotNow
    if election.candidates.filter(state=Candidate.State.WAITING).exists():
        raise StillWaiting
    if not without and election.state == State.CANDIDATES and queries.not_ready(election, viewer.today):
        raise LeftOut
    if not queries.standing(election, viewer.today):
        raise NobodyStands
    number = 1 if election.state == State.CANDIDATES else 2
    made: Round = Round.objects.create(election=election, number=number, opened_at=timezone.now())
    Urn.objects.create(round=made)
    pupils = queries.pupils_of(election.group, viewer.today)
    Elector.objects.bulk_create([Elector(round=made, pupil=pupil) for pupil in pupils])
    election.state = State.VOTING
    election.save(update_fields=["state"])
    journal.record(viewer, "surveys.round_opened", election, number=number)
    telling.tell_of_round(made)
    return True


@transaction.atomic
def vote(viewer: Viewer, elector: Elector, ballot: str) -> bool:
    """A pupil votes on their own device; False when they have voted. Raises NotNow, NotOfTheClass."""
    done = _cast(elector, ballot, viewer.today)
    if done:
        journal.record(viewer, "surveys.voted", elector.round.election, subject_id=elector.pupil_id)
    return done


@transaction.atomic
def vote_by_code(code: str, ballot: str) -> bool:
    """A pupil votes at the device of the class, by the code that they were handed; it serves once. Raises NotNow, NotOfTheClass."""
    elector = queries.elector_of_code(code)
    if elector is None:
        raise NotNow
    # Nobody has signed in: the day is that of the school, not that of the machine.
    zone = ZoneInfo(elector.round.election.school.timezone)
    done = _cast(elector, ballot, timezone.localdate(timezone=zone))
    if done:
        election = elector.round.election
        journal.write(
            journal.Line(
                "surveys.voted",
                school_id=election.school_id,
                target=Election._meta.label_lower,
                target_id=election.pk,
                subject_id=elector.pupil_id,
            )
        )
    return done


def _cast(elector: Elector, ballot: str, today: date) -> bool:
    """Tick the roll and put the ballot in the urn: two rows that nothing ties."""
    round_ = lock(Round, elector.round_id, "election", "election__group")
    if not round_.is_open:
        raise NotNow
    elector = lock(Elector, elector.pk)
    if elector.has_voted:
        return False
    pupils = queries.pupils_of(round_.election.group, today)
    if not pupils.filter(pk=elector.pupil_id).exists():
        raise NotOfTheClass
    known = {str(one.pk) for one in queries.standing(round_.election, today)}
    elector.has_voted, elector.code = True, ""
    elector.save(update_fields=["has_voted", "code"])
    urns.put(Urn.objects.get(round=round_), ballot if ballot in known else counting.BLANK)
    telling.settle_electors([elector.pk])
    return True


@transaction.atomic
def draw_codes(viewer: Viewer, round_: Round) -> list[tuple[Person, str]]:
    """A code for each pupil who has not voted; those printed before serve no more. Raises NotNow."""
    round_ = lock(Round, round_.pk, "election")
    if not round_.is_open:
        raise NotNow
    found = []
    for elector in queries.roll_of(round_).filter(has_voted=False):
        code = "".join(secrets.choice(SIGNS) for _sign in range(LONG))
        elector.code = queries.digest_of_code(code)
        found.append((elector, code))
    Elector.objects.bulk_update([elector for elector, _code in found], ["code"])
    journal.record(viewer, "surveys.codes_printed", round_.election, number=len(found))
    return [(elector.pupil, code) for elector, code in found]


@transaction.atomic
def close_round(viewer: Viewer, election: Election) -> bool:
    """Close the round that is open and count it twice; name who is elected. False when none is open.

    Raises TooFew, NotTheSame, and nothing is written.
    """
    election = lock(Election, election.pk, "group")
    round_ = queries.open_round(election)
    if round_ is None:
        return False
    round_ = lock(Round, round_.pk)
    if not queries.turnout_of(round_, viewer.today).may_close:
        raise TooFew
    counted = _count(viewer, election, round_)
    # Whoever left the class since they stood keeps their votes, and is not elected.
    standing = queries.standing(election, viewer.today)
    left = election.seats - election.candidates.exclude(elected_in=0).count()
    chosen = counting.elected(round_.number, counted, standing, left)
    for candidate in chosen:
        candidate.elected_in = round_.number
        candidate.save(update_fields=["elected_in"])
    is_last = round_.number == 2 or len(chosen) == left or len(chosen) == len(standing)
    election.state = State.OVER if is_last else State.BETWEEN
    election.save(update_fields=["state"])
    journal.record(viewer, "surveys.round_closed", election, number=round_.number, voted=counted.voted)
    if is_last:
        _name_elected(election, viewer.today)
    return True


def _count(viewer: Viewer, election: Election, round_: Round) -> counting.Count:
    """Count a round twice, and keep what it came to. Raises NotTheSame."""
    listed = queries.on_ballot(election)
    ballots, keys = counting.ballots_of(round_), [one.pk for one in listed]
    counted = counting.count(ballots, keys)
    ticked = Elector.objects.filter(round=round_, has_voted=True).count()
    if counted != counting.count_again(ballots, keys) or counted.voted != ticked:
        raise NotTheSame
    round_.on_roll = Elector.objects.filter(round=round_).count()
    round_.voted, round_.blank, round_.tally = counted.voted, counted.blank, dict(counted.tally)
    round_.closed_at, round_.closed_by = timezone.now(), viewer.person
    round_.digest = counting.digest_of(round_, {str(one.pk): one.pupil.full_name for one in listed})
    round_.save()
    Elector.objects.filter(round=round_).update(code="")
    telling.settle_electors(list(Elector.objects.filter(round=round_).values_list("pk", flat=True)))
    return counted


def _name_elected(election: Election, today: date) -> None:
    """Those who were delegates of the class are no more; those who are elected, with their substitutes, are."""
    now, kind = timezone.now(), Delegate.Kind
    elected = list(election.candidates.exclude(elected_in=0))
    if not elected:
        return
    former = Delegate.objects.current().filter(
        group=election.group_id, kind__in=[kind.DELEGATE, kind.SUBSTITUTE]
    )
    former.update(ended_at=now)
    there = set(queries.pupils_of(election.group, today).values_list("pk", flat=True))
    for candidate in elected:
        for person_id, as_what in (
            (candidate.pupil_id, kind.DELEGATE),
            (candidate.substitute_id, kind.SUBSTITUTE),
        ):
            if person_id not in there:
                continue
            Delegate.objects.get_or_create(
                group_id=election.group_id,
                person_id=person_id,
                kind=as_what,
                ended_at=None,
                defaults={"school_id": election.school_id, "named_at": now},
            )


@transaction.atomic
def name_parent(viewer: Viewer, group: Group, person: Person) -> bool:
    """A parent represents those of a class, as the head types it; False when they do already. Raises NotOfTheClass."""
    group = lock(Group, group.pk)
    if not queries.guardians_of(group, viewer.today).filter(pk=person.pk).exists():
        raise NotOfTheClass
    made, is_new = Delegate.objects.get_or_create(
        group=group,
        person=person,
        kind=Delegate.Kind.PARENT,
        ended_at=None,
        defaults={"school_id": group.school_id, "named_at": timezone.now()},
    )
    if is_new:
        journal.record(viewer, "surveys.delegate_named", made, subject_id=person.pk)
    return is_new


@transaction.atomic
def end_delegate(viewer: Viewer, delegate: Delegate) -> bool:
    """Somebody speaks for the class no more."""
    delegate = lock(Delegate, delegate.pk)
    if delegate.ended_at is not None:
        return False
    delegate.ended_at = timezone.now()
    delegate.save(update_fields=["ended_at"])
    journal.record(viewer, "surveys.delegate_ended", delegate, subject_id=delegate.person_id)
    return True


@transaction.atomic
def forget_words(person_id: int) -> int:
    """What a pupil said to the class goes with them; that they stood, and the votes, are the election's and go at its term."""
    found: int = (
        Candidate.objects.filter(pupil=person_id).exclude(words="", refusal="").update(words="", refusal="")
    )
    return found
