"""The demonstration's share: « Dossier de rentrée », most of it checked, and the documents of a journey that begin to come."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from preau.commons.files.actions import keep
from preau.commons.files.models import StoredFile
from preau.commons.files.rules import PAPER
from preau.directory.models import Group, Guardianship, Person
from preau.directory.viewer import viewer_for
from preau.domains.paperwork.models import Collection, Dossier, Piece, Submission
from preau.domains.paperwork.queries.collections import pupils_meant
from preau.foundation import text

Kind, Readers, Keep = Piece.Kind, Piece.Readers, Piece.Keep
State, Way = Submission.State, Submission.Way


@dataclass(frozen=True)
class Plan:
    """A piece, what its families did one after the other, and what the pupil of the cast's did.

    v checked on paper, f checked from a document, r received, n refused, « . » nothing yet.
    """

    kind: str
    label: str
    hint: str
    keep: str
    said: str
    cast: str
    is_required: bool = True


@dataclass(frozen=True)
class Ask:
    """A collection: opened that day, until the last one."""

    title: str
    text: str
    day: date
    last_day: date
    plans: list[Plan]


START = [
    Plan(
        Kind.INSURANCE,
        "Attestation d’assurance scolaire",
        "Responsabilité civile et individuelle accident, pour toute l’année. Votre assureur l’envoie par courriel.",
        Keep.YEAR,
        "vvfvvvrvvv.vvvvfvvvnvvvv",
        "f",
    ),
    Plan(
        Kind.PHOTO,
        "Photo d’identité",
        "De face, sur un fond clair, de cette année.",
        Keep.YEAR,
        "vvvvfvv.vvvvvrvvvvvvn",
        "n",
    ),
    Plan(
        Kind.HEALTH,
        "Fiche d’urgence",
        "Remplie et signée par un responsable. Elle ne se lit qu’à l’infirmerie et à la direction.",
        Keep.YEAR,
        "vvvvvvv.vvvvvvvvvv",
        "r",
    ),
    Plan(
        Kind.OTHER,
        "Fiche de renseignements signée",
        "Corrigez à la main ce qui a changé, puis signez.",
        Keep.CHECKED,
        "vvvvvvvvvvvv.vvvv",
        ".",
    ),
]
JOURNEY = [
    Plan(
        Kind.INSURANCE,
        "Assurance scolaire, pour le séjour",
        "La même que celle de la rentrée, si elle couvre les sorties facultatives.",
        Keep.CHECKED,
        "f.r.r..f",
        ".",
    ),
    Plan(
        Kind.AUTHORISATION,
        "Autorisation de participer, signée",
        "Le formulaire est dans le carnet de votre enfant.",
        Keep.YEAR,
        "r.rvr.n.r",
        ".",
    ),
    Plan(
        Kind.HEALTH,
        "Fiche sanitaire de liaison",
        "Allergies, traitements, vaccins. Lue à l’infirmerie seulement, avec la direction.",
        Keep.CHECKED,
        ".r...r",
        ".",
    ),
    Plan(
        Kind.OTHER,
        "Brevet de natation",
        "Seulement si votre enfant en a un.",
        Keep.CHECKED,
        "...r.",
        ".",
        is_required=False,
    ),
]
REFUSAL = (
    Submission.Reason.UNREADABLE,
    "Le bas est coupé\u202f: reprenez la photo, les quatre coins dans le cadre.",
)


def plant(world: Any) -> None:
    """Of the whole school at the beginning of the year, and of the class of the cast's pupil now."""
    people = world.people
    if not settings.DEMO or {"pupil", "guardian", "secretary"} - set(people) or world.year is None:
        return
    classes = Group.objects.classes().filter(year=world.year)
    own = world.own_class()
    if own is None:
        return
    begins = max(world.year.starts + timedelta(days=3), world.today - timedelta(days=75))
    levels = list(classes.exclude(level="").order_by("level").values_list("level", flat=True).distinct())
    start = Ask(
        "Dossier de rentrée",
        "Ces documents servent toute l’année. Une photo prise avec votre téléphone suffit.",
        begins,
        min(begins + timedelta(days=30), world.today - timedelta(days=1)),
        START,
    )
    journey = Ask(
        "Séjour au bord de la mer",
        "Du lundi au vendredi, en mars. Sans ces documents, votre enfant ne peut pas partir.",
        world.today - timedelta(days=4),
        world.today + timedelta(days=11),
        JOURNEY,
    )
    _collection(world, start, own, levels)
    _collection(world, journey, own, [])


def _collection(world: Any, ask: Ask, drawn: Group, levels: list[str]) -> None:
    """`drawn`: the class of which documents are drawn, and the one asked where no level is."""
    at = datetime.combine(ask.day, time(9, 10), ZoneInfo(world.school.timezone))
    made: Collection = Collection.objects.create(
        school=world.school,
        year=world.year,
        title=ask.title,
        search_title=text.fold(ask.title),
        text=ask.text,
        last_day=ask.last_day,
        levels=levels,
        author=world.people["secretary"],
        written_at=at,
        opened_at=at,
        state=Collection.State.OPEN,
    )
    made.groups.set([] if levels else [drawn])
    pupils = list(pupils_meant(made, world.today))
    dossiers = Dossier.objects.bulk_create(
        [Dossier(collection=made, pupil=pupil, asked_at=at) for pupil in pupils]
    )
    near = set(drawn.enrolments.values_list("pupil_id", flat=True))
    guardians = _guardians([pupil.pk for pupil in pupils], world.today)
    guardians[world.people["pupil"].pk] = world.people["guardian"]
    for place, plan in enumerate(ask.plans, start=1):
        piece = _piece(made, place, plan)
        rows = []
        for rank, dossier in enumerate(dossiers):
            letter = plan.said[rank % len(plan.said)]
            if dossier.pupil_id == world.people["pupil"].pk:
                letter = plan.cast
            elif dossier.pupil_id not in near and letter in "frn":
                # Documents are drawn for one class: the others brought paper.
                letter = "v"
            row = _submission(world, dossier, piece, letter, guardians.get(dossier.pupil_id), at)
            rows += [row] if row else []
        Submission.objects.bulk_create(rows)


def _piece(collection: Collection, place: int, plan: Plan) -> Piece:
    made: Piece = Piece.objects.create(
        collection=collection,
        place=place,
        kind=plan.kind,
        label=plan.label,
        hint=plan.hint,
        is_required=plan.is_required,
        readers=Readers.HEALTH if plan.kind == Kind.HEALTH else Readers.OFFICE,
        keep=plan.keep,
    )
    return made


def _guardians(pupils: list[int], today: date) -> dict[int, Person]:
    links = Guardianship.objects.informed(today).of_another().filter(pupil__in=pupils)
    found = links.select_related("guardian").order_by("-contact_priority", "-pk")
    return {link.pupil_id: link.guardian for link in found}


def _submission(
    world: Any, dossier: Dossier, piece: Piece, letter: str, by: Person | None, at: datetime
) -> Submission | None:
    if letter == "." or (by is None and letter != "v"):
        return None
    paper = letter == "v"
    sent = min(
        at + timedelta(days=2 + dossier.pk % 9, hours=dossier.pk % 8), timezone.now() - timedelta(hours=3)
    )
    row = Submission(
        dossier=dossier,
        piece=piece,
        by=None if paper else by,
        way=Way.PAPER if paper else Way.HERE,
        state={"v": State.CHECKED, "f": State.CHECKED, "r": State.RECEIVED, "n": State.REFUSED}[letter],
        at=sent,
        file=None if paper or by is None else _document(world, piece, dossier.pupil, by),
    )
    if row.state != State.RECEIVED:
        row.decided_by = world.people["head"] if piece.is_confidential else world.people["secretary"]
        row.decided_at = min(sent + timedelta(days=1), timezone.now() - timedelta(hours=1))
    if row.state == State.REFUSED:
        row.reason, row.note = REFUSAL
    return row


def _document(world: Any, piece: Piece, pupil: Person, by: Person) -> StoredFile | None:
    viewer = viewer_for(by, 0, timezone.now())
    if viewer is None:
        return None
    sent = SimpleUploadedFile(
        f"{text.fold(piece.get_kind_display()).replace(' ', '-')}.jpg", _sheet(piece, pupil)
    )
    (kept,) = keep(viewer, world.school.pk, [sent], PAPER)
    return kept


def _bare(words: str) -> str:
    """The font that Pillow brings has no accent."""
    return normalize("NFKD", words.replace("’", "'")).encode("ascii", "ignore").decode()


def _sheet(piece: Piece, pupil: Person) -> bytes:
    """A sheet of paper on a table, as a telephone takes it; of a photo, a face drawn in a few shapes."""
    image = Image.new("RGB", (720, 960), "#b9a58c")
    draw = ImageDraw.Draw(image)
    if piece.kind == Kind.PHOTO:
        draw.rectangle((150, 150, 570, 700), fill="#eef1f0")
        draw.ellipse((270, 260, 450, 480), fill="#d8a27a")
        draw.pieslice((255, 230, 465, 430), 180, 360, fill="#33415c")
        draw.pieslice((200, 500, 520, 900), 180, 360, fill="#14605c")
    else:
        draw.polygon([(60, 70), (660, 50), (680, 900), (45, 915)], fill="#fdfcf8")
        draw.text(
            (110, 110), _bare(piece.get_kind_display()), fill="#33415c", font=ImageFont.load_default(size=38)
        )
        draw.text(
            (110, 200),
            _bare(f"{pupil.given_name} {pupil.family_name}"),
            fill="#23302f",
            font=ImageFont.load_default(size=30),
        )
        for line in range(9):
            draw.rectangle((110, 290 + 50 * line, 560 - 37 * (line % 4), 302 + 50 * line), fill="#c9d1cf")
        draw.arc((420, 760, 560, 840), 20, 330, fill="#3a5ca5", width=5)
    target = BytesIO()
    image.save(target, "JPEG", quality=80)
    return target.getvalue()
