"""A project or a team is made and settled; people, classes and other schools come in and leave."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone

from preau.directory.models import Group, Person
from preau.directory.viewer import Viewer
from preau.domains.spaces import rules
from preau.domains.spaces.models import Call, OpeningHours, Party, Question, Space
from preau.domains.spaces.models.spaces import Power
from preau.domains.spaces.queries.hours import hours_of, shown_from
from preau.domains.spaces.queries.people import runners
from preau.foundation import journal, live, notices
from preau.foundation.locks import lock
from preau.foundation.text import fold
from preau.identity.codes import digest_of, new_code

INVITED = "spaces.invited"
# Sent inside the transaction: its receiver only enqueues a task.
opened = Signal()  # space_id
CALL_DAYS = timedelta(days=7)


class TooMany(Exception):
    """A space has as many of those as it may."""


class NoSuchCall(Exception):
    """The word is wrong, too old, or has served."""


class HasServed(NoSuchCall):
    """The word has brought this very class already: the form was sent twice."""

    def __init__(self, space: Space) -> None:
        super().__init__()
        self.space = space


@dataclass(frozen=True)
class SpaceFacts:
    """What somebody says of a project or a team: `people` write in it, `groups` come with their teachers."""

    kind: str
    title: str
    purpose: str
    opens: date | None
    closes: date | None
    groups: Sequence[Group] = ()
    people: Sequence[Person] = ()


@transaction.atomic
def make(viewer: Viewer, facts: SpaceFacts, sent_as: str) -> Space:
    """A project or a team, of which its maker is the first to run it; the same form sent twice makes one."""
    lock(Person, viewer.person.pk)
    known = Space.objects.filter(made_by=viewer.person, sent_as=sent_as).first() if sent_as else None
    if known:
        return known
    year = viewer.year
    space: Space = Space.objects.create(
        school_id=viewer.school_id or 0,
        year=year,
        kind=facts.kind,
        title=facts.title,
        search_title=fold(facts.title),
        purpose=facts.purpose,
        opens=facts.opens,
        closes=facts.closes,
        last_day=year.ends if year else None,
        asks=facts.kind == Space.Kind.PROJECT,
        made_by=viewer.person,
        made_at=timezone.now(),
        sent_as=sent_as,
    )
    _join(viewer, space, person=viewer.person, power=Power.RUN)
    for group in facts.groups:
        _join(viewer, space, group=group)
    for person in facts.people:
        _join(viewer, space, person=person)
    journal.record(viewer, "spaces.made", space)
    return space


@transaction.atomic
def make_own(viewer: Viewer) -> Space:
    """One's own space, once."""
    lock(Person, viewer.person.pk)
    known = Space.objects.filter(kind=Space.Kind.OWN, owner=viewer.person).first()
    if known:
        return known
    made: Space = Space.objects.create(
        school_id=viewer.school_id or 0,
        kind=Space.Kind.OWN,
        owner=viewer.person,
        title="Mon espace",
        search_title="mon espace",
        asks=False,
        made_by=viewer.person,
        made_at=timezone.now(),
    )
    journal.record(viewer, "spaces.made", made)
    return made


def _join(viewer: Viewer, space: Space, *, power: str = Power.WRITE, **who: Any) -> Party | None:
    """A party, told of it; None when it is one already. Raises TooMany."""
    present = Party.objects.present().filter(space=space)
    if present.filter(**who).exists():
        return None
    if present.count() >= rules.MOST_PARTIES:
        raise TooMany
    party: Party = Party.objects.create(
        space=space,
        school_id=viewer.school_id or 0,
        power=power,
        added_by=viewer.person,
        added_at=timezone.now(),
        **who,
    )
    # Before its first day, nobody is told of a space that they do not see.
    if space.is_open_on(viewer.today):
        notices.publish(*_invitations([party]))
    return party


def _invitations(parties: Iterable[Party]) -> list[notices.News]:
    """What is told to those whom somebody else let in."""
    return [
        notices.News(
            INVITED,
            party.person_id,
            f"party-{party.pk}",
            reverse("spaces:space", kwargs={"pk": party.space_id}),
            facts={"space": party.space.title},
            school_id=party.school_id,
            seat=f"staff-{party.school_id}",
        )
        for party in parties
        if party.person_id and party.person_id != party.added_by_id
    ]


@transaction.atomic
def tell_parties(space_id: int, day: date) -> int:
    """Tell those who were let in before a space opened; returns how many. Not open yet, nobody."""
    rows = Party.objects.present().filter(space=space_id, person__isnull=False).select_related("space")
    news = _invitations(party for party in rows.order_by("pk") if party.space.is_open_on(day))
    notices.publish(*news)
    return len(news)


@transaction.atomic
def add_party(
    viewer: Viewer, space: Space, power: str, *, group: Group | None = None, person: Person | None = None
) -> bool:
    """A class, or somebody of the school, takes part from now on; whoever does already has another power. False when nothing changed.

    Raises TooMany.
    """
    space = lock(Space, space.pk)
    who: dict[str, Any] = {"group": group} if group else {"person": person}
    known = Party.objects.present().filter(space=space, **who).first()
    if known and known.power != power and known.person_id != viewer.person.pk:
        known.power = power
        known.save(update_fields=["power"])
    elif known or _join(viewer, space, power=power, **who) is None:
        return False
    journal.record(viewer, "spaces.joined", space, subject_id=person.pk if person else None)
    return True


@transaction.atomic
def end_party(viewer: Viewer, party: Party) -> bool:
    """Whoever takes part does no more, and enters no more. False when they had left, and for the last who runs the space."""
    lock(Space, party.space_id)
    party = lock(Party, party.pk, "space")
    if party.left_at is not None:
        return False
    # Whoever has left their school runs nothing any more.
    others = set(runners(party.space, viewer.today)) - {(party.person_id, party.school_id)}
    if party.power == Power.RUN and not others:
        return False
    party.left_at = timezone.now()
    party.save(update_fields=["left_at"])
    notices.settle(INVITED, f"party-{party.pk}")
    journal.record(viewer, "spaces.left", party.space, subject_id=party.person_id)
    if party.group_id:
        # The line names nobody, and is of the school of the space: the class may be of another.
        live.touch(live.school(party.school_id))
    return True


@transaction.atomic
def call_school(viewer: Viewer, space: Space) -> str:
    """A word for another school, which serves once within a week: it is shown once, and only its digest is kept."""
    space = lock(Space, space.pk)
    code = new_code()
    now = timezone.now()
    # The word before it serves no more: there is one at a time.
    Call.objects.filter(space=space, used_at=None).delete()
    Call.objects.create(
        space=space, digest=digest_of(code), made_by=viewer.person, made_at=now, until=now + CALL_DAYS
    )
    journal.record(viewer, "spaces.called", space)
    return code


def called(code: str) -> Call | None:
    """What a word calls to, while it serves, or when it has served."""
    rows = Call.objects.filter(digest=digest_of(code), until__gt=timezone.now())
    return rows.select_related("space__school").first()


@transaction.atomic
def answer_call(viewer: Viewer, code: str, group: Group) -> Space:
    """A teacher of another school brings a class, and runs the project with those who are there.

    Raises NoSuchCall, HasServed where this person has brought this class by this word, TooMany.
    """
    known = called(code)
    if known is None:
        raise NoSuchCall
    space = lock(Space, known.space_id)
    call = lock(Call, known.pk)
    if call.used_at is not None:
        brought = Party.objects.present().filter(space=space, group=group, added_by=viewer.person)
        raise HasServed(space) if brought.filter(added_at__gte=call.used_at).exists() else NoSuchCall
    if space.is_over(viewer.today):
        raise NoSuchCall
    call.used_at = timezone.now()
    call.save(update_fields=["used_at"])
    here = Party.objects.present().filter(space=space, person=viewer.person, school=viewer.school_id)
    if not here.update(power=Power.RUN):
        _join(viewer, space, person=viewer.person, power=Power.RUN)
    _join(viewer, space, group=group)
    journal.record(viewer, "spaces.joined", space)
    return space


@transaction.atomic
def settle(
    viewer: Viewer, space: Space, facts: Mapping[str, Any], hours: Sequence[tuple[int, int, int]]
) -> bool:
    """What whoever runs a space says of it, and when one may ask; False when all of it was so already."""
    space = lock(Space, space.pk, "school")
    was_open = space.is_open_on(viewer.today)
    before = set(OpeningHours.objects.filter(space=space).values_list("weekday", "starts", "ends"))
    same = all(getattr(space, name) == value for name, value in facts.items())
    if same and before == set(hours):
        return False
    for name, value in facts.items():
        setattr(space, name, value)
    space.search_title = fold(space.title)
    space.save()
    if before != set(hours):
        OpeningHours.objects.filter(space=space).delete()
        OpeningHours.objects.bulk_create(
            [OpeningHours(space=space, weekday=day, starts=starts, ends=ends) for day, starts, ends in hours]
        )
        _move_kept(space)
    if not was_open and space.is_open_on(viewer.today):
        opened.send(sender=Space, space_id=space.pk)
    journal.record(viewer, "spaces.settled", space)
    return True


def _move_kept(space: Space) -> None:
    """The questions that wait for an hour wait for that of the new ones; without hours, for none."""
    now = timezone.now()
    kept = Question.objects.filter(space=space.pk, shown_at__gt=now)
    kept.update(shown_at=shown_from(hours_of(space, now), now))


@transaction.atomic
def archive(viewer: Viewer, space: Space) -> bool:
    """One only reads in it from now on, and the list shows it apart; False when it was so."""
    space = lock(Space, space.pk)
    if space.archived_at is not None:
        return False
    space.archived_at = timezone.now()
    space.save(update_fields=["archived_at"])
    journal.record(viewer, "spaces.archived", space)
    return True


@transaction.atomic
def reopen(viewer: Viewer, space: Space) -> bool:
    """Back as it was, while its year goes on."""
    space = lock(Space, space.pk)
    if space.archived_at is None:
        return False
    space.archived_at = None
    space.save(update_fields=["archived_at"])
    journal.record(viewer, "spaces.reopened", space)
    return True
