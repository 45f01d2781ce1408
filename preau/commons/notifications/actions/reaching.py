"""By what each person can be told of some news, and wants to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from preau.commons.delivery.queries import Timetable
from preau.commons.notifications import queries
from preau.commons.notifications.models import Device, Rhythm
from preau.directory.models import Person
from preau.foundation.boards import NotificationKind, Pace
from preau.foundation.notices import News


@dataclass(frozen=True)
class Telling:
    """One news, and by which ways its person is told of it beside Préau."""

    news: News
    kind: NotificationKind
    person: Person
    wish: queries.Wish
    by_mail: bool
    by_text: bool
    devices: Sequence[Device]

    @property
    def is_wanted(self) -> bool:
        return bool(self.wish.in_app or self.by_mail or self.by_text or self.devices)

    @property
    def key(self) -> tuple[int, str, str]:
        return self.news.person_id, self.news.kind, self.news.key

    def leaves_at(self, pace: Pace, hours: Timetable, now: datetime) -> datetime | None:
        """When it leaves at this pace; None where no hour lets it."""
        ready = max(now, self.news.after or now)
        rhythm = getattr(self.person, "news_rhythm", None) or Rhythm(person=self.person)
        return queries.due_at(self.kind, pace, ready, rhythm, hours, self.news.school_id)


def tellings_of(news: Sequence[News]) -> list[Telling]:
    """How each of these is told (six queries at most). Whoever wants nothing of it is told nothing, nor is whoever was erased.

    Raises KeyError for an unknown kind.
    """
    known = queries.kinds()
    people = Person.objects.filter(pk__in={one.person_id for one in news}, erased_at=None)
    reached = {person.pk: person for person in people.select_related("news_rhythm")}
    chosen, devices = queries.choices_of(reached), queries.devices_of(reached)
    numbers, papers = queries.numbers_of(reached.values()), queries.paper_numbers(reached, news)
    found = []
    for one in news:
        kind, person = known[one.kind], reached.get(one.person_id)
        if person is None:
            continue
        wish = queries.wish_for(kind, chosen.get((one.person_id, one.kind)))
        leaves = one.told_at is None
        found.append(
            Telling(
                news=one,
                kind=kind,
                person=person,
                wish=wish,
                by_mail=bool(leaves and wish.pace != Pace.NEVER and person.email),
                by_text=leaves and _is_texted(one, kind, person, wish, numbers, papers),
                devices=devices.get(person.pk, []) if leaves and wish.push else [],
            )
        )
    return [telling for telling in found if telling.is_wanted]


def _is_texted(
    one: News,
    kind: NotificationKind,
    person: Person,
    wish: queries.Wish,
    numbers: Mapping[int, str],
    papers: Mapping[int, str],
) -> bool:
    """Whoever mutes a kind everywhere is not texted either; whoever has opened no account is, of what is answered on paper."""
    if not (wish.in_app or wish.pace != Pace.NEVER):
        return False
    if person.pk in papers and queries.waits_on_paper(one, kind, person):
        return True
    return person.pk in numbers and queries.is_texted(kind)
