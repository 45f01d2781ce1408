"""The demonstration's share: files that a college keeps. They are real, so only the demonstration has them."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from preau.commons.drive.actions import keeping, sharing
from preau.commons.drive.models import Item, Opening, Share
from preau.commons.drive.queries import places
from preau.commons.drive.queries.places import Place
from preau.directory.models import Enrolment, Group, Person
from preau.directory.viewer import Viewer, viewer_for
from preau.foundation import notices

GUIDE = """Exposé sur l’Orge
=================

À deux ou à trois, dix minutes chacun.

1. D’où vient la rivière, par où elle passe.
2. Ce qui y vit\u202f: trois animaux, trois plantes.
3. Ce qui l’abîme, et ce que fait la commune.

Une image au moins, avec sa source.
Rendez le texte dans le dossier «\u202fExposés\u202f», le 4 au plus tard.
"""
FIRST_NOTES = """L’Orge prend sa source à Saint-Martin.
Elle se jette dans la Seine.
"""
NOTES = """L’Orge prend sa source près de Saint-Martin.
Elle se jette dans la Seine, quarante kilomètres plus loin.
On y voit des hérons, des gardons et des libellules.
"""
RECIPE = "Ingrédient;Pour 4;Pour 28\nFarine (g);250;1750\nŒufs;4;28\nLait (cl);50;350\nBeurre (g);50;350\n"
PLANNING = (
    "Semaine;Thème;Salle\n1;La cellule;108\n2;La respiration;108\n3;Sortie à la rivière;\n4;Évaluation;108\n"
)
MINUTES = """Réunion d’équipe de 5e B

Présents\u202f: mathématiques, français, histoire-géographie, anglais, SVT.

Décidé\u202f: une seule évaluation par jour avant les vacances.
À voir\u202f: la sortie à la rivière, le covoiturage des accompagnateurs.
"""
RULES = """Mode d’emploi de la salle informatique

Fermer les sessions en partant.
Signaler une panne\u202f: l’étiquette est sous l’écran.
Réserver\u202f: «\u202fEmploi du temps\u202f», puis «\u202fSalles et matériel\u202f».
"""


def plant(world: Any) -> None:
    """Files of a class, a team, a staff and a few people; nothing where nobody would look at them."""
    if not settings.DEMO or {"teacher", "pupil", "head"} - set(world.people):
        return
    now = timezone.now()
    teacher, pupil, head = (_viewer(world.people[key], now) for key in ("teacher", "pupil", "head"))
    learnt = Enrolment.objects.active(world.today).filter(
        pupil=world.people["pupil"], school=world.school, group__kind=Group.Kind.CLASS
    )
    first = learnt.select_related("group").first()
    if first is None or None in {teacher, pupil, head}:
        return
    with notices.told_already(now - timedelta(hours=20)):
        _of_class(teacher, pupil, first.group)
        _of_staff(head)
        _of_teacher(teacher, first.group, world.today)
        _of_pupil(pupil, first.group, world.today)


def _viewer(person: Person, now: Any) -> Viewer | None:
    return viewer_for(person, 0, now)


def _of_class(teacher: Any, pupil: Any, group: Group) -> None:
    place = Place(Item.Place.CLASS, group.school_id, group=group)
    outing = keeping.add_folder(teacher, place, None, "Sortie à la rivière")
    _put(teacher, place, None, "Consignes de l’exposé.txt", GUIDE.encode())
    _put(teacher, place, outing, "Trajet.jpg", _river())
    _put(teacher, place, outing, "Programme.csv", PLANNING.encode())
    photos = keeping.add_folder(teacher, place, None, "Photos de la serre", Item.PupilsMay.ADD)
    _put(pupil, place, photos, "Serre en novembre.jpg", _greenhouse())
    keeping.add_folder(teacher, place, None, "Exposés", Item.PupilsMay.HAND_IN)
    team = Place(Item.Place.TEAM, group.school_id, group=group)
    _put(teacher, team, None, "Réunion d’équipe.txt", MINUTES.encode())


def _of_staff(head: Any) -> None:
    place = places.staff_place(head)
    folder = keeping.add_folder(head, place, None, "Modes d’emploi")
    _put(head, place, folder, "Salle informatique.txt", RULES.encode())


def _of_teacher(teacher: Any, group: Group, today: date) -> None:
    place = places.own_place(teacher)
    folder = keeping.add_folder(teacher, place, None, "Cinquième")
    _put(teacher, place, folder, "Progression.csv", PLANNING.encode())
    recipe = _put(teacher, place, None, "Crêpes pour la classe.csv", RECIPE.encode())
    sharing.share(teacher, recipe, [(Share.To.CLASS, group.pk)], today + timedelta(days=4))
    _opened(recipe, group)


def _of_pupil(pupil: Any, group: Group, today: date) -> None:
    place = places.own_place(pupil)
    notes = _put(pupil, place, None, "Exposé sur l’Orge.txt", FIRST_NOTES.encode())
    keeping.add_version(pupil, notes, SimpleUploadedFile("Exposé sur l’Orge.txt", NOTES.encode()))
    drawing = _put(pupil, place, None, "L’Orge en été.jpg", _river())
    sharing.share(pupil, drawing, [(Share.To.CLASS, group.pk)], today + timedelta(days=3))
    _opened(drawing, group)


def _opened(item: Item, group: Group) -> None:
    """A few classmates have looked at it, yesterday."""
    rows = Enrolment.objects.filter(group=group, ends=None).exclude(pupil=item.owner).order_by("pk")[:4]
    evening = timezone.localtime().replace(hour=17, minute=10, second=0, microsecond=0) - timedelta(days=1)
    moments = [evening + timedelta(minutes=23 * number) for number in range(len(rows))]
    Opening.objects.bulk_create(
        [
            Opening(item=item, person_id=row.pupil_id, first_at=moment, last_at=moment)
            for row, moment in zip(rows, moments, strict=True)
        ]
    )


def _put(viewer: Any, place: Place, folder: Item | None, name: str, content: bytes) -> Item:
    (item,) = keeping.add_files(viewer, place, folder, [SimpleUploadedFile(name, content)])
    return item


def _river() -> bytes:
    """A drawing of a river between two banks."""
    image = Image.new("RGB", (960, 640), "#dcebea")
    draw = ImageDraw.Draw(image)
    draw.ellipse((700, 60, 820, 180), fill="#e8a33d")
    draw.polygon([(0, 300), (320, 220), (960, 320), (960, 640), (0, 640)], fill="#7fa67a")
    draw.polygon([(380, 270), (520, 285), (700, 640), (180, 640)], fill="#3a7ca5")
    for left, top in ((120, 200), (210, 180), (760, 240)):
        draw.rectangle((left + 26, top + 90, left + 40, top + 150), fill="#7b5620")
        draw.ellipse((left, top, left + 66, top + 110), fill="#14605c")
    return _jpeg(image)


def _greenhouse() -> bytes:
    """A drawing of a greenhouse and its beds."""
    image = Image.new("RGB", (960, 640), "#e6ebf5")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 430, 960, 640), fill="#7fa67a")
    draw.polygon(
        [(180, 260), (480, 120), (780, 260), (780, 470), (180, 470)], fill="#b3d3cd", outline="#33415c"
    )
    for left in range(240, 780, 90):
        draw.line((left, 235, left, 470), fill="#33415c", width=4)
    for left in range(200, 760, 70):
        draw.ellipse((left, 430, left + 46, 476), fill="#14605c")
        draw.ellipse((left + 14, 440, left + 30, 456), fill="#b5482f")
    return _jpeg(image)


def _jpeg(image: Image.Image) -> bytes:
    target = BytesIO()
    image.save(target, "JPEG", quality=85)
    return target.getvalue()
