"""The demonstration's share: believable conversations between its people, in the days around today."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from preau.directory.models import Holding, Person, WorkGroup
from preau.directory.viewer import viewer_for
from preau.domains.messaging.models import Delivery, Message, Thread
from preau.domains.messaging.queries.reach import Reach, key_of
from preau.foundation import text


@dataclass(frozen=True)
class Said:
    """One message: who, how many working days before today, at what time, and its paragraphs."""

    who: str
    days: int
    hour: str
    words: tuple[str, ...]
    read: bool = True


@dataclass(frozen=True)
class Talk:
    """A conversation between people of the cast."""

    subject: str
    said: tuple[Said, ...]
    about: str = ""
    with_: tuple[str, ...] = field(default_factory=tuple)


TALKS = [
    Talk(
        "Absence de mardi matin",
        (
            Said(
                "cpe",
                6,
                "16:02",
                (
                    "Bonjour Madame,",
                    "Nina n’était pas en cours mardi matin. Tout va bien\u202f? Ses professeurs lui gardent les feuilles.",
                ),
            ),
            Said(
                "guardian",
                5,
                "08:40",
                (
                    "Bonjour, Nina avait de la fièvre, elle revient demain.",
                    "Je dépose le mot dans Préau ce soir.",
                ),
            ),
            Said("cpe", 5, "10:15", ("Merci de votre réponse, bon rétablissement à elle.",)),
        ),
        about="pupil",
    ),
    Talk(
        "Rendez-vous avec le professeur principal",
        (
            Said(
                "teacher",
                4,
                "12:35",
                (
                    "Bonjour Madame,",
                    "Je vous propose un point de dix minutes sur le premier trimestre de Nina, jeudi à 17 h 10 ou vendredi à 12 h 30.",
                ),
            ),
            Said(
                "guardian",
                3,
                "18:40",
                ("Bonjour, jeudi à 17 h 10 nous convient très bien, merci.",),
                read=False,
            ),
        ),
        about="pupil",
    ),
    Talk(
        "Exposé\u202f: qui passe en premier\u202f?",
        (
            Said(
                "pupil",
                2,
                "17:05",
                (
                    "Bonjour Madame,",
                    "On voudrait commencer par le dessin de la roue hydraulique, est-ce que c’est possible\u202f?",
                ),
            ),
            Said(
                "teacher",
                1,
                "08:10",
                ("Bonjour Nina, oui, c’est une bonne idée. Apportez le dessin lundi, je le projetterai.",),
                read=False,
            ),
        ),
    ),
    Talk(
        "Point sur un élève lundi matin",
        (
            Said(
                "cpe",
                1,
                "15:30",
                (
                    "Je suis au bureau dès 7 h 45 lundi, passe quand tu peux\u202f: j’ai eu la famille au téléphone.",
                ),
                read=False,
            ),
        ),
        with_=("teacher",),
    ),
    Talk(
        "Conseil pédagogique",
        (
            Said(
                "head",
                1,
                "11:20",
                (
                    "Bonjour à tous,",
                    "Le compte rendu du conseil pédagogique est prêt. Dites-moi avant mercredi ce qui manque.",
                ),
            ),
        ),
        with_=("teacher", "teacher_1", "cpe"),
    ),
    Talk(
        "Dictionnaire pour le contrôle",
        (
            Said(
                "teacher_1",
                2,
                "09:25",
                (
                    "Bonjour,",
                    "Votre enfant aura besoin d’un dictionnaire de poche vendredi. Le CDI en prête\u202f: il suffit de le demander.",
                ),
            ),
        ),
        about="pupil",
        with_=("guardian", "other_guardian"),
    ),
]

# Written to the families of a group of work alone.
TO_SOME = Talk(
    "Un quart d’heure de calcul chaque semaine",
    (
        Said(
            "teacher",
            3,
            "12:20",
            (
                "Bonjour,",
                "Une fois par semaine, pendant le cours, je prends votre enfant un quart d’heure avec quelques camarades pour revoir les tables et les fractions.",
                "Il n’y a rien à acheter ni à préparer. Je vous dirai où nous en sommes avant la fin du trimestre.",
            ),
        ),
    ),
)


def plant(world: Any) -> None:
    """Talks among those of the cast whom the school has: an imported school knows the cast of its neighbours."""
    held = Holding.objects.active(world.today).filter(school=world.school).values_list("person_id", flat=True)
    known = set(held)
    here = {name for name, person in world.people.items() if person.pk in known}
    if "pupil" in here:
        here |= {"guardian", "other_guardian"} & set(world.people)
    for talk in TALKS:
        names = {one.who for one in talk.said} | set(talk.with_)
        if names <= here and (not talk.about or talk.about in here):
            _talk(world, talk, {name: world.people[name] for name in names})
    if world.imported and "teacher" in here:
        _to_a_work_group(world, world.people["teacher"])


def _to_a_work_group(world: Any, teacher: Person) -> None:
    """What the cast's teacher wrote to the families of one of her groups of work: each has their own, and half have read it."""
    made = WorkGroup.objects.filter(owner=teacher, group__year=world.year).order_by("pk").first()
    entry, seat = TO_SOME.said[0], seat_in(world, "teacher")
    at = _moment(world, entry)
    viewer = viewer_for(teacher, 0, at, seat)
    if made is None or viewer is None:
        return
    reach, key = Reach(viewer, world.school.pk), f"gw{made.pk}"
    people = list(reach.people(key))
    if not people:
        return
    thread = Thread.objects.create(school=world.school, subject=TO_SOME.subject, started_at=at)
    message = _sent(
        thread,
        entry,
        at,
        author=teacher,
        seat=seat,
        shown={"to": list(reach.words_of([key], for_readers=True).values())},
        addressed={"to": [key]},
        people=len(people),
    )
    rows = [Delivery(person=teacher, seat=seat, kind=Delivery.Kind.FROM, read_at=at)]
    for number, one in enumerate(people):
        read_at = at + timedelta(hours=2) if number % 2 else None
        rows.append(Delivery(person_id=one.person, seat=one.seat, child_id=one.child, read_at=read_at))
        rows[-1].kind, rows[-1].listed = Delivery.Kind.TO, True
    for row in rows:
        row.school, row.message, row.thread = world.school, message, thread
        row.due_at, row.arrived_at, row.latest = at, at, True
    Delivery.objects.bulk_create(rows)


def seat_in(world: Any, name: str) -> str:
    if name in {"guardian", "other_guardian"}:
        return "guardian"
    return f"pupil-{world.school.pk}" if name == "pupil" else f"staff-{world.school.pk}"


def _talk(world: Any, talk: Talk, people: dict[str, Person]) -> None:
    about = world.people[talk.about] if talk.about else None
    subject = world.named(talk.subject)
    first = _moment(world, talk.said[0])
    thread = Thread.objects.create(school=world.school, subject=subject, about=about, started_at=first)
    before: Message | None = None
    for entry in talk.said:
        before = _message(world, talk, thread, entry, people, before)


def _message(
    world: Any, talk: Talk, thread: Thread, entry: Said, people: dict[str, Person], before: Message | None
) -> Message:
    at, author = _moment(world, entry), people[entry.who]
    others = {name: one for name, one in people.items() if name != entry.who}
    message = _sent(
        thread,
        entry,
        at,
        author=author,
        seat=seat_in(world, entry.who),
        answers=before,
        about=thread.about,
        shown={"to": [other.full_name for other in others.values()]},
        addressed={"to": [key_of(one.pk, seat_in(world, name)) for name, one in others.items()]},
        people=len(others),
    )
    for name, person in people.items():
        own = name == entry.who
        kind = Delivery.Kind.FROM if own else Delivery.Kind.TO
        mine = Delivery.objects.filter(thread=thread, person=person, latest=True)
        (mine.filter(kind=kind) if own else mine.received()).update(latest=False)
        child = thread.about if seat_in(world, name) == "guardian" else None
        Delivery.objects.create(
            school=world.school,
            message=message,
            thread=thread,
            person=person,
            seat=seat_in(world, name),
            kind=kind,
            child=child,
            due_at=at,
            arrived_at=at,
            read_at=at + timedelta(minutes=20) if own or entry.read else None,
            latest=True,
        )
    return message


def _sent(thread: Thread, entry: Said, at: datetime, **facts: Any) -> Message:
    """A message that has left and arrived."""
    plain = " ".join(entry.words)
    message: Message = Message.objects.create(
        school=thread.school,
        thread=thread,
        subject=f"Re\u202f: {thread.subject}" if facts.get("answers") else thread.subject,
        body="".join(f"<p>{word}</p>" for word in entry.words),
        excerpt=plain[:160],
        search_text=text.fold(f"{thread.subject} {plain}"),
        state=Message.State.SENT,
        changed_at=at,
        sent_at=at,
        departs_at=at,
        **facts,
    )
    return message


def _moment(world: Any, entry: Said) -> datetime:
    """So many working days before today, on the school's wall."""
    day, left = world.today, entry.days
    while left:
        day -= timedelta(days=1)
        left -= day.weekday() < 5
    return datetime.combine(day, time.fromisoformat(entry.hour), ZoneInfo(world.school.timezone))
