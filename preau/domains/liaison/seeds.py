"""The demonstration's share: an outing of which answers are missing, a calculator for Monday, a photo of the club, lost property."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from preau.directory.models import Assignment, Group, Person
from preau.directory.words import Role
from preau.domains.liaison.models import Answer, Recipient, Remark, Word
from preau.domains.liaison.queries.phrases import frozen
from preau.domains.liaison.queries.reading import digest_of_lines, digest_shown, lines_signed
from preau.domains.liaison.queries.words import copies_meant
from preau.foundation import dates, text
from preau.foundation.boards import Nature

Kind = Word.Kind


@dataclass(frozen=True)
class Plan:
    """A word: how many days ago it left, until when, and what the families did, one after the other (see `_answer`)."""

    title: str
    text: str
    kind: str
    nature: str
    days_ago: int
    closes_in: int | None
    said: str
    sign: str = ""
    easy: str = ""
    each_reads: bool = False
    phrases: tuple[str, ...] = ()


# Each letter is a family: y one yes, n a no, d one yes and one no, r read, p on paper, « . » not opened.
PLANS = [
    Plan(
        "Sortie au musée",
        "La classe visite le musée des Beaux-Arts le THURSDAY, de 8\u00a0h\u00a030 à 12\u00a0h. C’est gratuit, le trajet se fait à pied.",
        Kind.AUTHORISATION,
        Nature.USUAL.value,
        7,
        4,
        "r.dyyyyyypyyyyyyyyyyyyyyyyyy",
        Word.Sign.OUTING,
        "La classe va au musée le THURSDAY au matin. Vous êtes d’accord\u202f? Signez.",
        phrases=("outing", "on-foot", "free"),
    ),
    Plan(
        "Une calculatrice pour le MONDAY",
        "Chaque élève apporte une calculatrice de collège le MONDAY. Celles du collège se prêtent\u202f: demandez-la.",
        Kind.INFORMATION,
        Nature.INFORMATION.value,
        1,
        None,
        ".yyry.yyyryyp",
        Word.Sign.MONEY,
    ),
    Plan(
        "Photo du club théâtre",
        "Une photo du club théâtre, où l’on reconnaît les élèves, paraîtra sur le site du collège jusqu’en juillet.",
        Kind.AUTHORISATION,
        Nature.NON_USUAL.value,
        3,
        10,
        ".yryy.y",
        Word.Sign.PHOTO,
        "Une photo du club sera sur le site. Tout le monde peut la voir. Vous êtes d’accord\u202f?",
    ),
    Plan(
        "Objets trouvés",
        "Bonnets, gourdes et trousses retrouvés attendent à la vie scolaire. Votre enfant passe les reconnaître à la récréation.",
        Kind.INFORMATION,
        Nature.INFORMATION.value,
        2,
        None,
        "yy.yyy",
    ),
]
REMARKS = [
    (Remark.Kind.ENCOURAGEMENT, "De bonnes questions en classe cette semaine\u202f: continue.", 2),
    (Remark.Kind.OBSERVATION, "Le cahier est resté à la maison trois fois ce mois-ci.", 5),
]


def plant(world: Any) -> None:
    """Words to the families of the class of the cast's pupil, by a teacher of it and by the head."""
    pupil = world.people.get("pupil")
    group = world.own_class()
    if group is None:
        return
    taught = Assignment.objects.active(world.today).filter(group=group).order_by("pk")
    teacher = Person.objects.filter(pk=taught.values("teacher_id")[:1]).first()
    head = world.holder(Role.HEAD)
    if teacher is None or head is None:
        return
    second = (
        Person.objects.filter(pk__in=taught.exclude(teacher=teacher).values("teacher_id"))
        .order_by("pk")
        .first()
    )
    for number, plan in enumerate(PLANS):
        _word(world, plan, group, teacher if number < 3 else head, second)
    for kind, remark_text, ago in REMARKS:
        Remark.objects.create(
            school=world.school,
            pupil=pupil,
            kind=kind,
            text=world.named(remark_text),
            day=world.today - timedelta(days=ago),
            by=teacher,
            at=timezone.now() - timedelta(days=ago),
        )


def _school_day(day: date) -> date:
    """This day, or the Friday before."""
    return day - timedelta(days=max(day.weekday() - 4, 0))


def _word(world: Any, plan: Plan, group: Group, author: Person, shared: Person | None) -> None:
    zone = ZoneInfo(world.school.timezone)
    closes = None if plan.closes_in is None else _school_day(world.today + timedelta(days=plan.closes_in))
    # « pour lundi » says nothing once that Monday is past; an outing comes after the last day to sign for it.
    monday = dates.monday_of(world.today) + timedelta(days=7)
    thursday = monday + timedelta(days=3 if closes is None or closes < monday + timedelta(days=3) else 10)
    title, said_of_it, easy = (
        part.replace("MONDAY", dates.day(monday)).replace("THURSDAY", dates.day(thursday))
        for part in (world.named(plan.title), plan.text, plan.easy)
    )
    # A word leaves on a day of school.
    left = datetime.combine(_school_day(world.today - timedelta(days=plan.days_ago)), time(16, 42), zone)
    word: Word = Word.objects.create(
        school=world.school,
        kind=plan.kind,
        nature=plan.nature,
        title=title,
        search_title=text.fold(title),
        text=said_of_it,
        easy=easy,
        phrases=frozen(plan.phrases),
        sign=plan.sign,
        closes_at=datetime.combine(closes, time(18), zone) if closes else None,
        author=author,
        written_at=left,
        sent_at=left,
        state=Word.State.SENT,
    )
    word.groups.set([group])
    if shared is not None and shared != author:
        word.colleagues.set([shared])
    word.digest = digest_shown(word)
    word.save(update_fields=["digest"])
    families: dict[int, list[Recipient]] = {}
    for copy in copies_meant(word, world.today):
        copy.save()
        if copy.part == Recipient.Part.GUARDIAN and copy.pupil_id:
            families.setdefault(copy.pupil_id, []).append(copy)
    replies = plan.said
    # The family of the cast has still to answer what is asked.
    own = world.people["pupil"].pk
    for rank, (_pupil, copies) in enumerate(
        sorted(families.items(), key=lambda one: (one[0] != own, one[0]))
    ):
        _answer(copies, replies[rank % len(replies)], word, left)


def _answer(copies: list[Recipient], letter: str, word: Word, left: datetime) -> None:
    first, at = copies[0], left + timedelta(hours=3)
    if letter in "ydnr":
        first.read_at, first.channel = at, Recipient.Channel.HERE
        first.save(update_fields=["read_at", "channel"])
    if letter == "p":
        for copy in copies:
            copy.channel, copy.printed_at = Recipient.Channel.PAPER, at
            copy.save(update_fields=["channel", "printed_at"])
    both = letter == "y" and word.nature == Nature.NON_USUAL.value
    answers = [(first, letter != "n")] if letter in "ydn" else []
    answers += [(copies[-1], False)] if letter == "d" and len(copies) > 1 else []
    answers += [(copy, True) for copy in copies[1:]] if both else []
    for copy, is_yes in answers:
        digest = digest_of_lines(lines_signed(word, [], [], is_yes=is_yes, answers={}))
        Answer.objects.create(recipient=copy, is_yes=is_yes, at=at, digest=digest)
