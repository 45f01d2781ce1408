"""A replacement in five minutes: the office announces an absence and asks, a colleague accepts on a phone, a parent reads.

Gestures, counted with the keystroke-level model (Card, Moran and Newell, 1980): a gesture is one pointing and click or tap
(P + B), one choice in a list, or one date typed; reading and waiting aside, M (1.35 s) before each. From the office's home:

    office      1 « Cours »  2 « Remplacements »  3 « Annoncer une absence »  4 the teacher  5 first day  6 last day
                7 « Annoncer »  8 the lesson  9 « Demander » (the best placed is ticked already)
    colleague   1 the notification, or the card of the home  2 « Je prends ce cours »
    parent      1 the notification, or « Emploi du temps »

Twelve gestures in all: at M + P + B = 1.35 + 1.1 + 0.2 = 2.65 s each, and 2 s more for each of the two dates, 36 s of work.
The rest of the five minutes is for the colleague to look at their phone.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from preau.directory.models import Assignment, Enrolment, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.domains.timetable.actions.absences import announce_absence
from preau.domains.timetable.models import CoverAsk, Lesson, LessonChange, TeacherAbsence

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
MOST_GESTURES = {"office": 9, "colleague": 2, "parent": 1}


class Hand:
    """Counts the gestures of one person."""

    def __init__(self, visitor: Any) -> None:
        self.visitor, self.page, self.gestures = visitor, visitor.page, 0

    def tap(self, target: Any) -> None:
        self.gestures += 1
        target.click()

    def choose(self, label: str, value: str) -> None:
        self.gestures += 1
        self.page.get_by_label(label).select_option(label=value)

    def type(self, label: str, value: str) -> None:
        self.gestures += 1
        self.page.get_by_label(label).fill(value)


@pytest.fixture
def lesson(schools: dict[str, World]) -> Lesson:
    """Tomorrow's lesson of the cast's pupil that Claire Moreau may give: her own hours are free then."""
    college = schools["college"]
    TeacherAbsence.objects.all().delete()
    group = Enrolment.objects.get(pupil=college.people["pupil"], group__kind="class").group
    tomorrow = Lesson.objects.filter(groups=group, day=college.today + timedelta(days=1), revision=0)
    found = tomorrow.exclude(teachers=college.people["teacher"]).order_by("starts")[0]
    claire = Lesson.objects.taught_by(college.people["teacher"]).filter(day=found.day)
    claire.over_at(found.starts, found.ends).delete()
    # She alone teaches the class still: she is the best placed.
    Assignment.objects.filter(group=group).exclude(teacher=college.people["teacher"]).delete()
    return found


def test_a_replacement_in_twelve_gestures(visit: Any, schools: dict[str, World], lesson: Lesson) -> None:
    claire = schools["college"].people["teacher"]
    office = Hand(visit("secretary", wide=True))
    announce_and_ask(office, lesson)
    assert CoverAsk.objects.get().person == claire
    colleague = Hand(visit("teacher"))
    accept(colleague, lesson)
    call_command("run_worker", batch=True)
    parent = Hand(visit("guardian"))
    read(parent, lesson, claire)
    counted = {"office": office.gestures, "colleague": colleague.gestures, "parent": parent.gestures}
    assert counted == MOST_GESTURES
    assert list(lesson.teachers.all()) == [claire]


def announce_and_ask(office: Hand, lesson: Lesson) -> None:
    page, teacher, day = office.page, lesson.teachers.get(), lesson.day.isoformat()
    office.tap(page.locator(".header-menu summary", has_text="Menu"))
    office.tap(page.locator(".header-menu").get_by_role("link", name="Remplacements"))
    page.get_by_role("heading", level=1, name="Remplacements").wait_for()
    office.visitor.check("remplacements-vide")
    office.tap(page.get_by_role("link", name="Annoncer une absence"))
    office.choose("Enseignant", teacher.list_name)
    office.type("Premier jour", day)
    office.type("Dernier jour", day)
    office.visitor.check("annoncer-absence")
    office.tap(page.get_by_role("button", name="Annoncer l’absence"))
    page.get_by_text("L’absence est notée").wait_for()
    office.visitor.check("absence-enseignant")
    office.tap(page.locator(f'a[href$="/remplacements/{lesson.pk}/"]'))
    page.get_by_text("Qui peut le donner").wait_for()
    office.visitor.check("remplacer")
    office.tap(page.get_by_role("button", name="Demander"))
    page.get_by_text("1 personne est sollicitée").wait_for()
    office.visitor.done()


def accept(colleague: Hand, lesson: Lesson) -> None:
    page = colleague.page
    colleague.visitor.check("accueil-enseignante-sollicitee")
    colleague.tap(page.get_by_role("link", name="Donner un cours").first)
    page.get_by_role("button", name="Je prends ce cours").wait_for()
    colleague.visitor.check("demande-de-remplacement")
    colleague.tap(page.get_by_role("button", name="Je prends ce cours"))
    page.get_by_text("C’est noté").wait_for()
    colleague.visitor.check("remplacement-accepte")
    colleague.visitor.done()


def read(parent: Hand, lesson: Lesson, claire: Any) -> None:
    page = parent.page
    parent.gestures += 1  # the notification: its link is this address
    parent.visitor.open(f"/emploi-du-temps/seances/{lesson.pk}/")
    page.get_by_text(f"Remplacé par {claire.formal_name}").first.wait_for()
    parent.visitor.check("cours-remplace-parent")
    assert "absen" not in page.locator("main").inner_text().lower()
    parent.visitor.done()


def test_all_the_lessons_of_an_absence_in_one_form(
    visit: Any, schools: dict[str, World], lesson: Lesson
) -> None:
    """Each lesson has its proposal: the office changes one of them and sends them all at once."""
    away, office = lesson.teachers.get(), visit("secretary")
    absence = announce_absence(
        viewer_for(schools["college"].people["secretary"], 0, timezone.now()),
        away,
        lesson.starts - timedelta(hours=4),
        lesson.starts + timedelta(days=6),
    )
    count = Lesson.objects.taught_by(away).over_at(absence.starts, absence.ends).held().count()
    assert count > 1
    page = office.page
    office.open(f"/remplacements/absences/{absence.pk}/")
    page.get_by_role("link", name="Régler tous les cours").click()
    page.get_by_role("heading", level=1, name="Les cours de").wait_for()
    office.check("regler-tous-les-cours")
    for line in page.locator("main select").all():
        assert line.input_value().startswith("demander-")
    page.locator(f'select[name="cours-{lesson.pk}"]').select_option("permanence")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("1 cours en permanence").wait_for()
    assert CoverAsk.objects.filter(absence=absence).count() == count - 1
    lesson.refresh_from_db()
    assert lesson.is_cancelled
    office.check("cours-regles")
    office.done()


def test_all_the_lessons_of_an_absence_given_to_one_person(
    visit: Any, schools: dict[str, World], lesson: Lesson
) -> None:
    """Somebody came to replace: the office gives her the whole absence, and takes it back."""
    college, away, office = schools["college"], lesson.teachers.get(), visit("secretary")
    comes = Person.objects.create(family_name="Neuf", given_name="Ida", civility="mme")
    Holding.objects.create(person=comes, role=Role.TEACHER, school=college.school)
    absence = announce_absence(
        viewer_for(college.people["secretary"], 0, timezone.now()),
        away,
        lesson.starts - timedelta(hours=4),
        lesson.starts + timedelta(days=14),
    )
    lessons = Lesson.objects.taught_by(away).over_at(absence.starts, absence.ends).held()
    count = lessons.filter(ends__gt=timezone.now()).count()
    kept = lessons.filter(ends__gt=timezone.now()).order_by("-starts")[0]
    TeacherAbsence.objects.create(
        school=college.school,
        teacher=comes,
        starts=kept.starts,
        ends=kept.ends,
        announced_at=timezone.now(),
    )
    page = office.page
    office.open(f"/remplacements/absences/{absence.pk}/cours/")
    page.get_by_role("link", name="Confier tous les cours à une personne").click()
    page.get_by_label("Confier tous les cours à").select_option(label=comes.list_name)
    office.check("confier-les-cours-vide")
    page.get_by_role("button", name="Voir les cours possibles").click()
    page.get_by_text(f"Libre pour {count - 1} cours sur {count}").wait_for()
    office.check("confier-les-cours")
    page.get_by_role("button", name=f"Confier {count - 1} cours").click()
    page.get_by_role("heading", name=f"Confiés à {comes.formal_name}").wait_for()
    assert LessonChange.objects.in_force().filter(absence=absence).count() == count - 1
    office.check("cours-confies")
    page.locator("summary", has_text="Reprendre ces cours").click()
    page.get_by_role("button", name="Reprendre ces cours").last.click()
    page.get_by_text(f"{count - 1} cours repris").wait_for()
    assert not LessonChange.objects.in_force().filter(absence=absence).exists()
    office.done()


def test_a_visitor_asks_whether_there_is_school_tomorrow(newcomer: Any, schools: dict[str, World]) -> None:
    page = newcomer.page
    newcomer.open("/")
    page.get_by_role("link", name="Y a-t-il école demain").click()
    newcomer.check("ecole-demain-vide")
    page.get_by_label("Nom de l’établissement ou commune").fill(schools["college"].school.uai)
    page.locator("main").get_by_role("button", name="Chercher").click()
    page.get_by_text("Demain, mercredi 25 novembre").wait_for()
    newcomer.check("ecole-demain")
    newcomer.done()
