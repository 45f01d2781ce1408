"""Photos in the demonstration: a class where most families have agreed, drawn figures instead of faces."""

from io import BytesIO

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw

from preau.directory.models import Enrolment, Group, Person, PhotoConsent, PupilPhoto
from preau.directory.queries.photos import allowed, givers_of
from preau.directory.seeds.world import World

SIDE = 240
GROUNDS = ("#dce8e4", "#e8e0d4", "#dfe3ee", "#ece0e6", "#e4ead8")
CLOTHES = ("#2f5d50", "#7a5c2e", "#3d4f7d", "#7a3d5a", "#566b2c")
Answer = PhotoConsent.Answer


def plant_photos(world: World) -> None:
    """In the class of the cast's pupil: one family in four has not answered, one has refused, some photos are still to put.

    The cast itself has been asked nothing: whoever tries the demonstration asks, and answers. A school of the tests has no photo.
    """
    if not world.imported or "pupil" not in world.people:
        return
    learning = Enrolment.objects.active(world.today).filter(
        pupil=world.people["pupil"], group__kind=Group.Kind.CLASS, group__year=world.year
    )
    group = learning.values("group_id")[:1]
    rows = Enrolment.objects.active(world.today).filter(group__in=group)
    pupils = list(Person.objects.filter(pk__in=rows.values("pupil_id")).exclude(pk=world.people["pupil"].pk))
    answers = []
    for number, pupil in enumerate(pupils):
        if number % 4:
            answers += _answers(world, pupil, refuses=number == 1)
    PhotoConsent.objects.bulk_create(answers)
    shown = allowed(pupils, world.year.pk, world.today)
    for number, pupil in enumerate(pupils):
        if pupil.pk in shown and number % 3:
            photo = PupilPhoto(
                school=world.school, pupil=pupil, taken_by=world.people.get("cpe"), taken_at=timezone.now()
            )
            photo.picture.save("photo.png", _drawn(number), save=False)
            photo.save()


def _answers(world: World, pupil: Person, *, refuses: bool) -> list[PhotoConsent]:
    """The pupil's and their guardians', all alike save where the family refuses."""
    guardians = givers_of([pupil], world.today).get(pupil.pk, set())
    answers = dict.fromkeys([pupil.pk, *sorted(guardians)], Answer.YES)
    if refuses and guardians:
        answers[min(guardians)] = Answer.NO
    return [
        PhotoConsent(
            school=world.school,
            year=world.year,
            pupil=pupil,
            giver_id=giver,
            answer=answer,
            answered_at=timezone.now(),
        )
        for giver, answer in answers.items()
    ]


def _drawn(number: int) -> ContentFile[bytes]:
    """Nobody's face: a head and shoulders."""
    tint = number % len(GROUNDS)
    sheet = Image.new("RGB", (SIDE, SIDE), GROUNDS[tint])
    pen = ImageDraw.Draw(sheet)
    pen.ellipse((SIDE * 0.16, SIDE * 0.62, SIDE * 0.84, SIDE * 1.4), fill=CLOTHES[tint])
    pen.ellipse((SIDE * 0.33, SIDE * 0.2, SIDE * 0.67, SIDE * 0.62), fill="#c9a48b")
    pen.pieslice((SIDE * 0.31, SIDE * 0.15, SIDE * 0.69, SIDE * 0.6), 180, 360, fill="#3a2c22")
    kept = BytesIO()
    sheet.save(kept, "PNG", optimize=True)
    return ContentFile(kept.getvalue())
