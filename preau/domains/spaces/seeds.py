"""The demonstration's share: spaces that look lived in, around proportionality in 5e B, and a project of two classes."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from preau.commons.documents.actions import comments, keeping, versions, writing
from preau.commons.documents.models import Document
from preau.commons.documents.queries import places, texts
from preau.directory.models import Assignment, Enrolment, Group, Person
from preau.directory.models.scoping import active_on
from preau.directory.viewer import viewer_for
from preau.domains.spaces.actions.gathering import gather
from preau.domains.spaces.models import (
    Announcement,
    Card,
    Column,
    Definition,
    Kept,
    OpeningHours,
    Party,
    Question,
    Resource,
    SameQuestion,
    Space,
)
from preau.domains.spaces.queries.papers import KIND
from preau.foundation.richtext import cleaning
from preau.foundation.text import fold

# Days before today, hour, text, answer (none: it waits), how many have the same.
QUESTIONS = [
    (
        6,
        "17:20",
        "Pour passer de 4 à 28 personnes, on peut multiplier par 7 tout de suite, ou il faut passer par 1\u202f?",
        "Les deux marchent\u202f! Par 7 c’est plus court\u202f; passer par 1 sert quand le coefficient ne saute pas aux yeux.",
        3,
    ),
    (
        4,
        "18:05",
        "Est-ce qu’une recette est toujours proportionnelle\u202f? Le temps de cuisson aussi\u202f?",
        "Les quantités, oui. Le temps de cuisson, non\u202f: deux gâteaux cuisent ensemble dans le même four.",
        5,
    ),
    (
        1,
        "17:40",
        "Est-ce que le graphique doit passer par zéro\u202f?",
        "Bonne question\u202f! Pour 0 personne, combien de farine\u202f?",
        2,
    ),
    (0, "08:05", "On peut choisir une autre recette que les crêpes\u202f?", "", 1),
]
CARDS = {
    "Nos recettes": [
        ("idea", "Crêpes\u202f: 250 g de farine, 50 cl de lait, 3 œufs pour 4 personnes."),
        ("idea", "Msemen de ma grand-mère\u202f: 500 g de semoule pour 6."),
        ("question", "Et pour les allergies aux œufs\u202f?"),
    ],
    "À calculer": [
        ("todo", "Tout ramener à 28 personnes."),
        ("todo", "Le prix par personne, avec la note du marché."),
    ],
    "C’est fait": [("done", "Le tableau des quantités pour 28.")],
}
WORDS = [
    (
        "Proportionnalité",
        "Deux grandeurs sont proportionnelles quand on passe de l’une à l’autre en multipliant toujours par le même nombre.",
        True,
    ),
    ("Coefficient", "Le nombre par lequel on multiplie.", True),
    (
        "Quatrième proportionnelle",
        "Le nombre qui manque dans un tableau de proportionnalité quand on connaît les trois autres.",
        True,
    ),
    ("Échelle", "Ce que vaut sur le terrain un centimètre du plan.", False),
]
LINKS = [
    (
        "Proportionnalité",
        "Reconnaître la proportionnalité, avec le manuel Sésamath",
        "https://manuel.sesamath.net/",
        "Chapitre D1, à lire avant vendredi",
    ),
    (
        "Proportionnalité",
        "Le marché de la place\u202f: les prix de la semaine",
        "https://rnm.franceagrimer.fr/",
        "Pour le prix par personne",
    ),
    ("Fractions", "Fractions et partages, en images", "https://www.lumni.fr/", ""),
]
RECIPE = """
<p>Notre recette est prévue pour <strong>4 personnes</strong>. Nous sommes 28\u202f: il faut multiplier par 7 chaque quantité.</p>
<h3>Le tableau</h3>
<table><thead><tr><th>Ingrédient</th><th>4 pers.</th><th>28 pers.</th></tr></thead>
<tbody><tr><td>Farine</td><td>250 g</td><td>1 750 g</td></tr><tr><td>Lait</td><td>50 cl</td><td>350 cl</td></tr>
<tr><td>Œufs</td><td>3</td><td>21</td></tr></tbody></table>
"""
RECIPE_MORE = [
    "<p>On voit que la ligne reste proportionnelle, et sur le graphique les points sont alignés avec zéro.</p>",
    "<p>Pour le prix, il manque celui des œufs\u202f: 3,40 € les douze au marché, donc 5,95 € pour 21.</p>",
]
LESSON = """
<p>Deux grandeurs sont <strong>proportionnelles</strong> quand on passe de l’une à l’autre en multipliant toujours par le même nombre, le coefficient.</p>
<h3>Reconnaître</h3>
<ul><li>Dans un tableau\u202f: les quotients sont tous égaux.</li><li>Sur un graphique\u202f: les points sont alignés avec l’origine.</li></ul>
<h3>Calculer</h3>
<p>Par le coefficient, par l’unité, ou en ajoutant deux colonnes. On choisit ce qui va le plus vite.</p>
"""
KEPT = [
    (
        "avenir",
        "Ma rencontre avec une architecte",
        "J’ai compris que les plans servent aussi à se mettre d’accord. J’aimerais la revoir en 3e.",
        "2025-2026",
        True,
        True,
    ),
    (
        "peac",
        "Le haïku que j’ai lu sur scène",
        "J’avais très peur, et finalement je recommencerais.",
        "2025-2026",
        False,
        True,
    ),
    ("citoyen", "Déléguée de 6e", "Écouter les deux côtés avant de parler.", "2025-2026", False, False),
]


def plant(world: Any) -> None:
    """The spaces of every class; that of mathematics of the cast's class, a project of two classes, the portfolio of the cast's pupil."""
    if world.year is None:
        return
    gather(world.school.pk, world.today)
    pupil = world.people.get("pupil")
    own = (
        Group.objects.classes().filter(year=world.year, enrolments__pupil=pupil).order_by("pk").first()
        if pupil
        else None
    )
    if own is None:
        return
    here = Enrolment.objects.filter(active_on(world.today), group=own).exclude(pupil=pupil)
    pupils = list(Person.objects.filter(pk__in=here.values("pupil_id")).order_by("pk")[:12])
    teaching = _taught_space(world, own)
    if teaching and len(pupils) >= 6:
        _maths(world, teaching, [pupil, *pupils])
        _documents(world, teaching, [pupil, *pupils])
        _project(world, own, pupils)
    _portfolio(world, pupil)


def _taught_space(world: Any, own: Group) -> Space | None:
    rows = Assignment.objects.filter(
        active_on(world.today), group=own, teacher=world.people["teacher"], subject__isnull=False
    )
    subject = rows.order_by("pk").values_list("subject_id", flat=True).first()
    return Space.objects.filter(group=own, subject=subject).first() if subject else None


def _at(world: Any, days: int, hour: str) -> datetime:
    return datetime.combine(
        world.today - timedelta(days=days), time.fromisoformat(hour), ZoneInfo(world.school.timezone)
    )


def _maths(world: Any, space: Space, pupils: list[Person]) -> None:
    teacher = world.people["teacher"]
    OpeningHours.objects.bulk_create(
        [OpeningHours(space=space, weekday=day, starts=17 * 60, ends=19 * 60) for day in (1, 2, 4, 5)]
    )
    for days, hour, text in [
        (8, "16:30", "On commence la proportionnalité. Apportez une recette de chez vous, pour 4 personnes."),
        (
            1,
            "16:10",
            "Vendredi, chaque groupe rend sa recette pour toute la classe. Le mur sert à se répartir le travail.",
        ),
    ]:
        Announcement.objects.create(space=space, text=text, by=teacher, at=_at(world, days, hour))
    for number, (days, hour, text, answer, same) in enumerate(QUESTIONS):
        at = min(_at(world, days, hour), timezone.now())
        question = Question.objects.create(
            space=space,
            by=pupils[number + 1],
            text=text,
            at=at,
            shown_at=at,
            answer=answer,
            answered_by=teacher if answer else None,
            answered_at=at + timedelta(hours=1) if answer else None,
            told_at=at,
        )
        for person in [one for one in pupils if one != question.by][:same]:
            SameQuestion.objects.create(question=question, person=person, at=at)
    for rank, (title, cards) in enumerate(CARDS.items(), 1):
        column = Column.objects.create(space=space, title=title, rank=rank)
        for place, (mark, text) in enumerate(cards, 1):
            by = pupils[(rank * 3 + place) % len(pupils)]
            Card.objects.create(
                space=space, column=column, mark=mark, text=text, rank=place, by=by, at=_at(world, 2, "10:15")
            )
    for word, text, accepted in WORDS:
        at = _at(world, 3, "11:00")
        Definition.objects.create(
            space=space,
            word=word,
            search_word=fold(word),
            text=text,
            by=teacher if accepted else pupils[2],
            at=at,
            accepted_at=at if accepted else None,
            accepted_by=teacher if accepted else None,
        )
    for shelf, title, address, note in LINKS:
        Resource.objects.create(
            space=space,
            kind=Resource.Kind.LINK,
            shelf=shelf,
            title=title,
            address=address,
            note=note,
            by=teacher,
            at=_at(world, 5, "09:00"),
        )


def _documents(world: Any, space: Space, pupils: list[Person]) -> None:
    """What the class writes together, and what its teacher wrote for it."""
    now = timezone.now()
    teacher, *writers = (viewer_for(one, 0, now) for one in [world.people["teacher"], *pupils[:3]])
    where = f"{KIND}-{space.pk}"
    place = teacher and places.named(teacher, where)
    if not settings.DEMO or not place or None in writers:
        return
    lesson = keeping.begin(teacher, place, "La leçon", cleaning.clean(LESSON))
    _written(lesson, now - timedelta(days=5))
    recipe = keeping.begin(writers[0], place, "Une recette pour toute la classe", cleaning.clean(RECIPE))
    for viewer, html in zip(writers[1:], RECIPE_MORE, strict=False):
        recipe.refresh_from_db()
        before = texts.html_now(recipe)
        writing.write(viewer, recipe, before, cleaning.clean(before + html))
        versions.keep(recipe, viewer)
    remark = comments.Said("multiplier par 7", "il faut ", "Bien vu. Dites aussi d’où vient ce 7.")
    comments.comment(teacher, recipe.pk, remark)
    _written(recipe, now - timedelta(hours=3))


def _written(document: Document, when: datetime) -> None:
    """As if its versions had been kept until then, one every twenty minutes."""
    rows = list(document.all_versions.order_by("-number"))
    for rank, version in enumerate(rows):
        version.made_at = when - timedelta(minutes=20 * rank)
    type(rows[0]).objects.bulk_update(rows, ["made_at"])
    begun = rows[-1].made_at
    Document.objects.filter(pk=document.pk).update(begun_at=begun, changed_at=when)


def _project(world: Any, own: Group, pupils: list[Person]) -> None:
    """A newspaper of two classes, run by two teachers."""
    first, second = world.people["teacher"], world.people.get("teacher_1")
    other = Group.objects.classes().filter(year=world.year).exclude(pk=own.pk).order_by("pk").first()
    if second is None or other is None:
        return
    at = _at(world, 20, "17:00")
    title = world.named("Le journal des deux classes")
    space = Space.objects.create(
        school=world.school,
        year=world.year,
        kind=Space.Kind.PROJECT,
        title=title,
        search_title=fold(title),
        purpose="Un numéro par trimestre, écrit à deux classes",
        last_day=world.year.ends,
        made_by=first,
        made_at=at,
    )
    for who, power in [
        ({"person": first}, "run"),
        ({"person": second}, "run"),
        ({"group": own}, "write"),
        ({"group": other}, "write"),
    ]:
        Party.objects.create(
            space=space, school=world.school, power=power, added_by=first, added_at=at, **who
        )
    Announcement.objects.create(
        space=space,
        text="Première réunion de rédaction mardi au CDI. Chacun propose un sujet sur le mur.",
        by=second,
        at=at,
    )
    for rank, (name, cards) in enumerate(
        {
            "Sujets": ["Le marché solidaire, vu de la cour", "Une interview de l’infirmière"],
            "On écrit": ["La critique du livre du mois"],
            "Relu": [],
        }.items(),
        1,
    ):
        column = Column.objects.create(space=space, title=name, rank=rank)
        for place, text in enumerate(cards, 1):
            Card.objects.create(
                space=space,
                column=column,
                mark="idea",
                text=text,
                rank=place,
                by=pupils[place],
                at=_at(world, 6, "12:40"),
            )


def _portfolio(world: Any, pupil: Person) -> None:
    for number, (path, title, remark, year, teachers, guardians) in enumerate(KEPT):
        Kept.objects.create(
            pupil=pupil,
            school=world.school,
            path=path,
            title=title,
            said=remark,
            year=year,
            to_teachers=teachers,
            to_guardians=guardians,
            at=_at(world, 30 + 20 * number, "18:00"),
        )
