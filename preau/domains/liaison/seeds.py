"""The demonstration's share: an outing of which answers are missing, a calculator for Monday, a photo of the club, a circular."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from preau.directory.models import Assignment, Group, Holding, Person
from preau.directory.words import Role
from preau.domains.liaison.models import Answer, Recipient, Remark, Word
from preau.domains.liaison.queries.reading import digest_of_lines, digest_shown, lines_signed
from preau.domains.liaison.queries.words import copies_meant
from preau.foundation import text
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


# Each letter is a family: y one yes, n a no, d one yes and one no, r read, p on paper, « . » not opened.
PLANS = [
    Plan(
        "Sortie au musée",
        "La classe visite le musée des Beaux-Arts jeudi 10 décembre, de 8 h 30 à 12 h. C’est gratuit, le trajet se fait à pied.",
        Kind.AUTHORISATION,
        Nature.USUAL.value,
        7,
        4,
        "r.dyyyyyypyyyyyyyyyyyyyyyyyy",
        Word.Sign.OUTING,
        "La classe va au musée. C’est gratuit. On marche. Vous êtes d’accord\u202f? Signez.",
    ),
    Plan(
        "Une calculatrice pour lundi",
        "Chaque élève apporte une calculatrice de collège lundi. Celles du collège se prêtent\u202f: demandez-la.",
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
        "Grève du jeudi 3 décembre",
        "Des cours n’auront pas lieu jeudi 3 décembre. L’accueil est assuré dès 7 h 45 et la cantine est ouverte.",
        Kind.INFORMATION,
        Nature.INFORMATION.value,
        2,
        None,
        "yy.yyy",
        Word.Sign.HEALTH,
    ),
]
REMARKS = [
    (Remark.Kind.ENCOURAGEMENT, "De bonnes questions en classe cette semaine\u202f: continue.", 2),
    (Remark.Kind.OBSERVATION, "Le cahier est resté à la maison trois fois ce mois-ci.", 5),
]


def plant(world: Any) -> None:
    """Words to the families of the class of the cast's pupil, by a teacher of it and by the head."""
    pupil = world.people.get("pupil")
    group = (
        Group.objects.classes()
        .filter(year=world.school.current_year, enrolments__pupil=pupil)
        .order_by("pk")
        .first()
    )
    if group is None:
        return
    taught = Assignment.objects.active(world.today).filter(group=group).order_by("pk")
    teacher = Person.objects.filter(pk=taught.values("teacher_id")[:1]).first()
    head = (
        Holding.objects.active(world.today).filter(school=world.school, role=Role.HEAD).order_by("pk").first()
    )
    if teacher is None or head is None:
        return
    second = (
        Person.objects.filter(pk__in=taught.exclude(teacher=teacher).values("teacher_id"))
        .order_by("pk")
        .first()
    )
    for number, plan in enumerate(PLANS):
        _word(world, plan, group, teacher if number < 3 else head.person, second)
    for kind, said, ago in REMARKS:
        Remark.objects.create(
            school=world.school,
            pupil=pupil,
            kind=kind,
            text=world.named(said),
            day=world.today - timedelta(days=ago),
            by=teacher,
            at=timezone.now() - timedelta(days=ago),
        )


def _word(world: Any, plan: Plan, group: Group, author: Person, shared: Person | None) -> None:
    zone, title = ZoneInfo(world.school.timezone), world.named(plan.title)
    left = datetime.combine(world.today - timedelta(days=plan.days_ago), time(16, 42), zone)
    closes = plan.closes_in
    word: Word = Word.objects.create(
        school=world.school,
        kind=plan.kind,
        nature=plan.nature,
        title=title,
        search_title=text.fold(title),
        text=plan.text,
        easy=plan.easy,
        sign=plan.sign,
        closes_at=datetime.combine(world.today + timedelta(days=closes), time(18), zone)
        if closes is not None
        else None,
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
    said = plan.said
    # The family of the cast has still to answer what is asked.
    own = world.people["pupil"].pk
    for rank, (_pupil, copies) in enumerate(
        sorted(families.items(), key=lambda one: (one[0] != own, one[0]))
    ):
        _answer(copies, said[rank % len(said)], word, left)


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
