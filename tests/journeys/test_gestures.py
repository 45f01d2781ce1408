"""How many gestures a daily task takes, counted in the browser, each line of the table of docs/gestures.md.

The model of `test_roll_gestures` and `test_homework`: one gesture is one touch of the page, or one key that acts (Enter); the
letters of words are not counted, nor looking, nor a page that arrives, nor a window that is the phone's own. `WRITE_GESTURES=1`
writes the lines anew. A sample is in every run, the rest in the whole net.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from conftest import NOW
from preau.directory.models import Guardianship, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Authority, Kinship
from preau.domains.attendance.models import Announcement, Entry, RollCall
from preau.domains.attendance.queries.registers import register_of
from preau.domains.homework.models import HandIn, Homework, LessonRecord
from preau.domains.homework.queries import concerned
from preau.domains.homework.tests.scene import given
from preau.domains.timetable.models import Bookable, Booking, Lesson, LessonChange
from tests.journeys.test_roll_gestures import segment

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
TABLE = Path(__file__).parents[2] / "docs" / "gestures.md"
PHONE, DESK = "téléphone", "ordinateur"


@dataclass
class Hand:
    """What somebody does with a page: each touch and each key that acts counts, and is told."""

    page: Page
    college: World
    done: list[str] = field(default_factory=list)

    def touch(self, what: Locator, gesture: str) -> None:
        what.click()
        self.done.append(gesture)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def press(self, key: str, gesture: str) -> None:
        self.page.keyboard.press(key)
        self.done.append(gesture)

    def link(self, name: str, *, inside: str = "main") -> Locator:
        return self.page.locator(inside).get_by_role("link", name=name).first

    def bar(self, name: str) -> None:
        """One entry of the menu that is always in sight."""
        entries = self.page.locator(".navigation")
        self.touch(entries.get_by_role("link", name=name, exact=True).first, f"« {name} » du menu")

    def arrives(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1, name=heading)).to_be_visible()


@dataclass(frozen=True)
class Task:
    """`most`: the goal. `do` starts on the page that `sign_in` leaves, the home, unless it opens another without counting it."""

    key: str
    title: str
    who: str
    device: str
    most: int
    do: Callable[[Hand], None]
    before: Callable[[World], None] = lambda college: None
    sample: bool = False


# What must stand before


def one_lesson(college: World) -> Lesson:
    """Claire Moreau has the class of the cast's pupil now, this is her only lesson of the day, and nothing is written of it."""
    pupil, teacher = college.people["pupil"], college.people["teacher"]
    Lesson.objects.taught_by(teacher).on(college.today).delete()
    found = Lesson.objects.of_pupils([pupil.pk]).on(college.today).order_by("starts")[2]
    found.teachers.set([teacher])
    LessonRecord.objects.filter(lesson=found).delete()
    return found


def roll_called(college: World) -> None:
    lesson, teacher = one_lesson(college), college.people["teacher"]
    RollCall.objects.get_or_create(
        lesson=lesson, defaults={"school": college.school, "called_by": teacher, "called_at": NOW}
    )


def copies(college: World) -> None:
    """Three pupils of the class have handed in what was given."""
    HandIn.objects.all().delete()
    teacher = college.people["teacher"]
    viewer = viewer_for(teacher, teacher.account.pk, NOW)
    work = given(viewer, one_lesson(college), hand_in="online", title="Rédaction")
    for pupil in Person.objects.filter(pk__in=concerned.concerned(work)).order_by("search_name", "pk")[:3]:
        HandIn.objects.create(
            school=college.school, homework=work, pupil=pupil, text="Ma copie", handed_at=NOW
        )


def to_hand_in(college: World) -> None:
    """One homework of tomorrow, to be handed in online."""
    Homework.objects.all().delete()
    teacher = college.people["teacher"]
    viewer = viewer_for(teacher, teacher.account.pk, NOW)
    given(
        viewer,
        one_lesson(college),
        hand_in="online",
        title="Fiche de lecture",
        due_day=NOW.date() + timedelta(days=1),
    )


def one_absence(college: World) -> None:
    """The cast's pupil missed a lesson of this morning, and nobody said why."""
    pupil = college.people["pupil"]
    Entry.objects.filter(pupil=pupil).update(status="present", explanation=None, handling=None)
    lesson = Lesson.objects.of_pupils([pupil.pk]).on(college.today).order_by("starts")[0]
    values = {"school": college.school, "day": college.today, "status": "absent"}
    Entry.objects.update_or_create(lesson=lesson, pupil=pupil, defaults=values)


def nothing_announced(college: World) -> None:
    """And the pupil's name is hers alone: another Nina Abadie makes it one gesture more, to say which."""
    pupil = college.people["pupil"]
    Announcement.objects.filter(pupil=pupil).delete()
    Person.objects.filter(pk=pupil.pk).update(search_name="abadie ninon")


def a_trolley(college: World) -> None:
    one_lesson(college)
    Booking.objects.all().delete()
    Bookable.objects.get_or_create(school=college.school, name="Chariot bleu", defaults={"kind": "trolley"})


def a_child(college: World) -> None:
    """The teacher is the father of a pupil, too."""
    child = {"guardian": college.people["teacher"], "pupil": college.people["pupil"]}
    Guardianship.objects.get_or_create(
        **child, defaults={"authority": Authority.LEGAL, "kinship": Kinship.FATHER}
    )


# What is done


def call_the_roll(hand: Hand) -> None:
    lesson = Lesson.objects.taught_by(hand.college.people["teacher"]).get(day=hand.college.today)
    *absents, late = [Person.objects.get(pk=row.pupil_id) for row in register_of(lesson)[:4]]
    hand.touch(hand.link("Faire l’appel"), "« Faire l’appel »")
    for pupil in absents:
        hand.touch(segment(hand.page, pupil, "Absent"), "« Absent »")
    hand.touch(segment(hand.page, late, "Retard"), "« Retard »")
    hand.touch(hand.page.get_by_role("button", name="Valider"), "« Valider »")
    expect(hand.page.get_by_text("L’appel est enregistré").first).to_be_visible()
    assert Entry.objects.filter(lesson=lesson).count() == 4


def write_the_content(hand: Hand) -> None:
    hand.touch(hand.link("Écrire le contenu"), "« Écrire le contenu »")
    expect(hand.page.get_by_role("toolbar").first).to_be_visible()
    hand.touch(hand.page.get_by_role("textbox", name="Ce que nous avons fait"), "le champ du contenu")
    hand.type("Théorème de Pythagore.")
    hand.touch(hand.page.get_by_role("button", name="Publier"), "« Publier »")
    expect(hand.page.get_by_text("C’est publié").first).to_be_visible()


def correct_the_next(hand: Hand) -> None:
    """From a copy to the next one: what is counted begins on the page of a copy."""
    first = HandIn.objects.order_by("pupil__search_name", "pk")[0]
    hand.page.goto(
        hand.page.url.split("/", 3)[0]
        + "//"
        + hand.page.url.split("/", 3)[2]
        + f"/cahier-de-textes/rendus/{first.pk}/"
    )
    hand.touch(hand.page.get_by_role("textbox", name="Commentaire"), "le champ du commentaire")
    hand.type("Bien construit.")
    hand.touch(
        hand.page.get_by_role("button", name="Enregistrer et passer à la suivante"),
        "« Enregistrer et passer à la suivante »",
    )
    expect(hand.page.get_by_text("Copie 2 sur 3")).to_be_visible()


def explain(hand: Hand) -> None:
    hand.touch(hand.link("Expliquer"), "« Expliquer »")
    hand.touch(hand.page.get_by_label("Maladie"), "le motif")
    hand.touch(hand.page.get_by_role("button", name="Envoyer l’explication"), "« Envoyer l’explication »")
    expect(hand.page.get_by_text("Explication envoyée").first).to_be_visible()


def note_a_call(hand: Hand) -> None:
    pupil = hand.college.people["pupil"]
    hand.touch(hand.page.get_by_label("Un parent appelle : nom de l’élève"), "le champ du nom")
    hand.type("Ninon Abadie")
    hand.press("Enter", "Entrée")
    hand.arrives("Un parent appelle")
    hand.touch(hand.page.get_by_label("Maladie"), "le motif")
    hand.touch(hand.page.get_by_role("button", name="Noter l’absence"), "« Noter l’absence »")
    expect(hand.page.get_by_text("L’appel est noté").first).to_be_visible()
    assert Announcement.objects.get(pupil=pupil).noted_by == hand.college.people["cpe"]


def book_an_hour(hand: Hand) -> None:
    """From the week: the empty hour, then the thing."""
    hand.bar("Emploi du temps")
    hand.touch(hand.page.locator(".plan .free a").last, "l’heure vide")
    hand.touch(hand.page.get_by_role("button", name="Chariot bleu"), "« Chariot bleu »")
    expect(hand.page.get_by_text("Réservé :").first).to_be_visible()
    assert Booking.objects.count() == 1


def another_room(hand: Hand) -> None:
    """From the page of the lesson: « Changer de salle », then the room."""
    lesson = Lesson.objects.taught_by(hand.college.people["teacher"]).get(day=hand.college.today)
    hand.page.goto(hand.page.url.rstrip("/") + f"/emploi-du-temps/seances/{lesson.pk}/")
    hand.touch(hand.link("Changer de salle"), "« Changer de salle »")
    hand.touch(hand.page.locator("button.thing").first, "la salle")
    expect(hand.page.get_by_text("La salle est changée").first).to_be_visible()
    assert LessonChange.objects.filter(lesson=lesson, kind="room").exists()


def to_the_roll(hand: Hand) -> None:
    hand.touch(hand.link("Faire l’appel"), "« Faire l’appel »")
    expect(hand.page.get_by_role("button", name="Valider")).to_be_visible()


def to_the_late(hand: Hand) -> None:
    hand.touch(hand.link("Corriger"), "« Corriger » l’appel")
    expect(hand.page.get_by_role("button", name="Valider")).to_be_visible()


def to_the_content(hand: Hand) -> None:
    hand.touch(hand.link("Écrire le contenu"), "« Écrire le contenu »")
    expect(hand.page.get_by_role("button", name="Publier")).to_be_visible()


def to_the_marks(hand: Hand) -> None:
    hand.bar("Notes")
    hand.touch(hand.page.locator("main tbody").get_by_role("link").first, "la classe")
    expect(
        hand.page.get_by_role("link", name="Nouvelle évaluation").or_(hand.page.locator("main table")).first
    ).to_be_visible()


def to_the_father(hand: Hand) -> None:
    hand.touch(hand.page.locator("summary", has_text="Mon compte"), "son nom")
    hand.touch(hand.page.locator(".account-panel form button").first, "le profil de parent")
    expect(hand.page.locator(".header-school")).to_contain_text("Parent")


def to_the_absents(hand: Hand) -> None:
    hand.touch(hand.link("Ouvrir la vie scolaire"), "« Ouvrir la vie scolaire »")
    hand.touch(hand.link("à régler"), "« … à régler »")
    expect(hand.page.locator("main table")).to_be_visible()


def to_the_call(hand: Hand) -> None:
    hand.touch(hand.page.get_by_label("Un parent appelle : nom de l’élève"), "le champ du nom")
    hand.type("Ninon Abadie")
    hand.press("Enter", "Entrée")
    hand.arrives("Un parent appelle")


def to_the_gate(hand: Hand) -> None:
    hand.touch(hand.link("Ouvrir la vie scolaire"), "« Ouvrir la vie scolaire »")
    hand.touch(
        hand.page.locator("#calls").get_by_role("link", name="Ouvrir").first, "« Ouvrir » l’appel du cours"
    )
    expect(hand.page.get_by_role("button", name="Valider")).to_be_visible()


def to_what_waits(hand: Hand) -> None:
    expect(hand.page.locator("main h2").first).to_be_visible()


def to_tomorrow(hand: Hand) -> None:
    expect(hand.page.locator("main").get_by_role("heading", name="Pour demain")).to_be_visible()


def to_the_hand_in(hand: Hand) -> None:
    hand.touch(hand.page.locator("main").get_by_role("link", name="Rendre").first, "« Rendre »")
    expect(hand.page.get_by_label("Mes fichiers")).to_be_attached()


def to_the_day(hand: Hand) -> None:
    expect(hand.page.locator("main .plan").first).to_be_visible()


def to_the_explaining(hand: Hand) -> None:
    hand.touch(hand.link("Expliquer"), "« Expliquer »")
    hand.arrives("Expliquer une absence")


def to_the_timetable(hand: Hand) -> None:
    hand.bar("Emploi du temps")
    expect(hand.page.locator("main .plan").first).to_be_visible()


TASKS = [
    Task(
        "appel",
        "Faire l’appel : trois absents, un retard",
        "teacher",
        PHONE,
        6,
        call_the_roll,
        one_lesson,
        sample=True,
    ),
    Task(
        "contenu",
        "Écrire le contenu d’une séance",
        "teacher",
        DESK,
        3,
        write_the_content,
        one_lesson,
        sample=True,
    ),
    Task(
        "copie",
        "Corriger la copie suivante, depuis une copie",
        "teacher",
        DESK,
        2,
        correct_the_next,
        copies,
        sample=True,
    ),
    Task("expliquer", "Expliquer une absence", "guardian", PHONE, 3, explain, one_absence, sample=True),
    Task("parent", "Noter l’appel d’un parent", "cpe", DESK, 4, note_a_call, nothing_announced, sample=True),
    Task(
        "reserver",
        "Réserver un chariot pour une heure vide",
        "teacher",
        DESK,
        3,
        book_an_hour,
        a_trolley,
        sample=True,
    ),
    Task("salle", "Changer de salle, depuis le cours", "teacher", PHONE, 2, another_room, one_lesson),
    Task(
        "vers-appel",
        "★ Claire : l’appel de la classe devant elle",
        "teacher",
        PHONE,
        2,
        to_the_roll,
        one_lesson,
    ),
    Task("vers-retard", "★ Claire : Yanis arrive en retard", "teacher", PHONE, 2, to_the_late, roll_called),
    Task(
        "vers-contenu",
        "★ Claire : la dernière séance, le travail donné, celle du jour",
        "teacher",
        DESK,
        2,
        to_the_content,
        one_lesson,
    ),
    Task("vers-notes", "★ Claire : trente notes à saisir", "teacher", DESK, 2, to_the_marks),
    Task("vers-parent", "★ Thomas : du professeur au père", "teacher", PHONE, 2, to_the_father, a_child),
    Task(
        "vers-absents",
        "★ Samia : qui manque et n’a pas dit pourquoi",
        "cpe",
        DESK,
        2,
        to_the_absents,
        one_absence,
    ),
    Task(
        "vers-malade",
        "★ Samia : une mère appelle, trois jours de maladie",
        "cpe",
        DESK,
        2,
        to_the_call,
        nothing_announced,
    ),
    Task("vers-portail", "★ Samia : un élève au portail, dix minutes de retard", "cpe", DESK, 2, to_the_gate),
    Task("vers-attente", "★ Hélène : ce qui l’attend aujourd’hui", "head", DESK, 2, to_what_waits),
    Task(
        "vers-demain", "★ Nina : ce qu’il y a demain, et à faire", "pupil", PHONE, 2, to_tomorrow, to_hand_in
    ),
    Task(
        "vers-rendre", "★ Nina : rendre une photo de sa page", "pupil", PHONE, 2, to_the_hand_in, to_hand_in
    ),
    Task("vers-journee", "★ La mère de Nina : sa journée", "guardian", PHONE, 2, to_the_day),
    Task(
        "vers-expliquer",
        "★ La mère de Nina : expliquer une absence",
        "guardian",
        PHONE,
        2,
        to_the_explaining,
        one_absence,
    ),
    Task("vers-semaine", "★ Inès : son emploi du temps de demain", "pupil", PHONE, 2, to_the_timetable),
]


def line_of(task: Task, done: list[str]) -> str:
    path = ", ".join(done) or "déjà sur l’accueil"
    return f"| {task.title} | {task.device} | {task.most} | {len(done)} | {path} |"


def written(task: Task, line: str) -> str:
    """The table with this line, in the place of the former one of the task."""
    lines = TABLE.read_text().splitlines()
    place = next((number for number, one in enumerate(lines) if one.startswith(f"| {task.title} |")), None)
    if place is None:
        place = 1 + max(number for number, one in enumerate(lines) if one.startswith("|"))
        lines.insert(place, line)
    lines[place] = line
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "task",
    [pytest.param(task, id=task.key, marks=[] if task.sample else [pytest.mark.net]) for task in TASKS],
)
@pytest.mark.parametrize("scripts", [True], indirect=True)
def test_a_task_takes_no_more_gestures_than_the_table_says(
    task: Task, visit: Any, schools: dict[str, World]
) -> None:
    college = schools["college"]
    task.before(college)
    someone = visit(task.who, wide=task.device == DESK)
    hand = Hand(someone.page, college)
    task.do(hand)
    someone.done()
    assert len(hand.done) <= task.most, hand.done
    line = line_of(task, hand.done)
    if os.environ.get("WRITE_GESTURES"):
        TABLE.write_text(written(task, line))
    assert line in TABLE.read_text().splitlines(), f"docs/gestures.md says otherwise: {line}"


def test_the_table_holds_each_task_and_nothing_else() -> None:
    titles = [one.split(" | ")[0][2:] for one in TABLE.read_text().splitlines() if one.startswith("| ")][1:]
    assert sorted(titles) == sorted(task.title for task in TASKS)
