"""The demonstration's share: what teachers wrote, published and are still writing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from preau.directory.models import Holding, Person, School
from preau.directory.words import Role
from preau.domains.catalogue.models import Licence, Resource
from preau.domains.scenarios.actions.adapting import words_to_change
from preau.domains.scenarios.actions.publishing import nodes_of, words_of
from preau.domains.scenarios.models import (
    CRITERIA,
    Author,
    Content,
    Facts,
    Qualification,
    QualificationStep,
    Review,
    Scenario,
    Setting,
    Step,
    Version,
)
from preau.foundation.richtext import signs

Signature = Author.Signature
WHOLE, GROUP, ALONE, HYBRID = Setting.WHOLE, Setting.GROUP, Setting.ALONE, Setting.HYBRID


@dataclass(frozen=True)
class Plan:
    """One scenario of the demonstration. `steps`: title, minutes, setting, the teacher, the pupils, who needs help."""

    title: str
    abstract: str
    levels: tuple[str, ...]
    subject: str
    objectives: str
    material: str
    steps: tuple[tuple[str, int, str, str, str, str], ...]
    days: int
    resources: tuple[str, ...] = ()
    licence: str = Licence.BY_SA
    adapted: bool = False
    draft: bool = False


READING = Plan(
    "Lire entre les lignes avec «\u202fLa cabane du jardin\u202f»",
    "Les élèves lisent un court récit, trouvent ce que le texte ne dit pas, et le prouvent par des mots du texte.",
    ("ce1",),
    "francais",
    "- Comprendre ce qu’un récit ne dit pas clairement.\n- Justifier une réponse en citant le texte.",
    "Le texte imprimé, des crayons de deux couleurs.",
    (
        (
            "Se rappeler",
            10,
            WHOLE,
            "Fait redire l’histoire lue la veille, sans le texte.",
            "Racontent chacun leur tour un moment de l’histoire.",
            "Montrer les images dans l’ordre.",
        ),
        (
            "Chercher les indices",
            20,
            GROUP,
            "Pose trois questions dont la réponse n’est pas écrite.",
            "Soulignent en bleu les mots qui les aident, et comparent à deux.",
            "Donner le paragraphe où chercher à ceux qui lisent encore lentement.",
        ),
        (
            "Mettre en commun",
            15,
            WHOLE,
            "Note au tableau réponse et preuve, sur deux colonnes.",
            "Défendent leur réponse en lisant le passage.",
            "",
        ),
    ),
    12,
    ("lire-au-ce1/la-cabane-du-jardin",),
    adapted=True,
)
FRACTIONS = Plan(
    "Plier, partager, nommer\u202f: entrer dans les fractions",
    "Par le pliage puis par la droite graduée, les élèves nomment et comparent des fractions simples.",
    ("cm1", "cm2"),
    "mathematiques",
    "- Nommer une fraction à partir d’un partage égal.\n- Comparer deux fractions de même dénominateur.",
    "Bandes de papier, ciseaux, une ficelle graduée.",
    (
        (
            "Plier des bandes",
            15,
            ALONE,
            "Distribue les bandes et demande des demis, des quarts, des huitièmes.",
            "Plient, comptent les parts et écrivent la fraction sur chacune.",
            "Bandes déjà marquées pour commencer.",
        ),
        (
            "La ficelle",
            20,
            GROUP,
            "Tend une ficelle de 0 à 2 et donne une carte à chaque groupe.",
            "Placent leur carte et expliquent.",
            "Une carte au-delà de 1 pour les groupes rapides.",
        ),
        ("La trace", 10, WHOLE, "Fait dicter la règle.", "Écrivent la règle et un exemple à eux.", ""),
    ),
    30,
    ("nombres-et-calculs/les-fractions-et-la-tablette",),
)
PYTHAGORE = Plan(
    "Découvrir le théorème de Pythagore par les aires",
    "Un puzzle de carrés fait apparaître l’égalité, que la classe énonce avant de l’employer dans deux problèmes.",
    ("4e",),
    "mathematiques",
    "- Conjecturer l’égalité de Pythagore.\n- Calculer une longueur dans un triangle rectangle\u202f: $a^2+b^2=c^2$.",
    "Le puzzle à découper, une équerre, une calculatrice.",
    (
        (
            "Le puzzle",
            20,
            GROUP,
            "Donne le puzzle, passe de table en table, ne dit rien du théorème.",
            "Recouvrent le grand carré avec les pièces des deux petits.",
            "Pièces déjà découpées, ou un triangle quelconque à essayer.",
        ),
        (
            "Énoncer",
            10,
            WHOLE,
            "Recueille les phrases, garde celles qui disent quand cela marche.",
            "Proposent une phrase et cherchent un contre-exemple.",
            "",
        ),
        (
            "Employer",
            20,
            ALONE,
            "Donne deux problèmes\u202f: l’échelle contre le mur, la diagonale de l’écran.",
            "Font un schéma, calculent, arrondissent.",
            "Schéma fourni\u202f; pour les plus rapides, retrouver un côté de l’angle droit.",
        ),
    ),
    20,
    ("maths-au-college/le-theoreme-de-pythagore",),
    licence=Licence.BY,
)
CELL = Plan(
    "De l’œil au microscope\u202f: qu’est-ce qu’une cellule\u202f?",
    "Les élèves préparent une lame d’oignon, dessinent ce qu’ils voient, et comparent avec des images d’autres êtres vivants.",
    ("5e", "4e"),
    "svt",
    "- Utiliser un microscope.\n- Reconnaître la cellule comme l’unité de ce qui vit.",
    "Microscopes, lames, oignons, colorant.",
    (
        (
            "Préparer la lame",
            15,
            GROUP,
            "Montre le geste une fois, rappelle les règles de sécurité.",
            "Prélèvent une pelure, la colorent, règlent le microscope.",
            "Lame prête pour qui n’y arrive pas après dix minutes.",
        ),
        (
            "Dessiner",
            20,
            ALONE,
            "Rappelle ce qu’a un dessin d’observation.",
            "Dessinent trois cellules et les légendent.",
            "Légendes à replacer.",
        ),
        (
            "À la maison",
            20,
            HYBRID,
            "Met en ligne quatre images légendées.",
            "Disent, pour chacune, ce qui est pareil et ce qui change.",
            "",
        ),
    ),
    9,
    ("sciences-et-vie/la-cellule",),
    licence=Licence.BY_NC_SA,
)
CHANCES = Plan(
    "Le jeu est-il équitable\u202f? Probabilités en seconde",
    "À partir d’un jeu de dés simulé mille fois, la classe passe de la fréquence à la probabilité.",
    ("2de",),
    "mathematiques",
    "- Distinguer fréquence et probabilité.\n- Modéliser une expérience à deux épreuves.",
    "Dés, un tableur.",
    (
        (
            "Jouer",
            15,
            GROUP,
            "Donne la règle et demande un pronostic.",
            "Jouent vingt parties et notent.",
            "",
        ),
        (
            "Simuler",
            20,
            ALONE,
            "Projette la formule du tableur.",
            "Simulent mille parties et tracent la fréquence.",
            "Fichier déjà prêt pour qui ne connaît pas le tableur.",
        ),
        (
            "Expliquer",
            20,
            WHOLE,
            "Fait construire le tableau des issues.",
            "Calculent la probabilité et la comparent au pronostic.",
            "",
        ),
    ),
    15,
    ("maths-au-lycee/probabilites-vocabulaire",),
    licence=Licence.BY,
)
DRAFT = Plan(
    "Débat\u202f: faut-il un téléphone au collège\u202f?",
    "Préparer et tenir un débat réglé.",
    ("5e",),
    "emc",
    "- Argumenter sans attaquer.",
    "",
    (("Chercher des arguments", 20, GROUP, "Distribue les rôles.", "", ""),),
    2,
    draft=True,
)
BY_KIND = {
    School.Kind.ECOLE: [READING, FRACTIONS],
    School.Kind.COLLEGE: [PYTHAGORE, CELL, DRAFT],
    School.Kind.LYCEE: [CHANCES],
}


def plant(world: Any) -> None:
    """Those of the school's kind, by two of its teachers; what one of them has not finished."""
    people = _teachers(world)
    for number, plan in enumerate(BY_KIND.get(world.school.kind, [])):
        if people:
            # Names are shown in the demonstration alone: its people are invented, and no test looks for them elsewhere.
            signature = [Signature.NAME, Signature.PSEUDONYM, Signature.ROLE][number % 3]
            write(
                world.school,
                people[number % len(people)],
                plan,
                signature if world.imported else Signature.ROLE,
            )
    if world.imported:
        say_what_they_think(world.school, people)
        begin_to_qualify(people)


# What colleagues say of what was published: marks, context, words.
SAID = [
    (
        (5, 5, 4, 4),
        "En classe entière, un matin",
        "Très clair. J’ai gardé les étapes telles quelles, en raccourcissant la mise en commun.",
    ),
    (
        (4, 3, 4, 5),
        "En demi-groupe",
        "Facile à mettre en place. Prévoir plus de temps pour qui lit lentement.",
    ),
]


def say_what_they_think(school: School, people: list[Person]) -> None:
    """Each scenario of the school, and the resource it links, by somebody who did not write it."""
    now = timezone.now()
    for number, scenario in enumerate(Scenario.objects.public().filter(school=school).order_by("pk")):
        writing = set(scenario.authors.values_list("person_id", flat=True))
        marks, context, text = SAID[number % len(SAID)]
        level = scenario.content.facts.levels[0]
        resource = Resource.objects.filter(key=scenario.content.facts.resources[0]).first()
        fields = dict(zip(CRITERIA, marks, strict=True)) | {
            "level": level,
            "context": context,
            "text": text,
            "made_at": now,
            "changed_at": now,
        }
        for person in [person for person in people if person.pk not in writing]:
            signed = f"Enseignante de {level}" if person.civility == "mme" else f"Enseignant de {level}"
            Review.objects.create(person=person, scenario=scenario, signed=signed, **fields)
            if resource:
                Review.objects.create(person=person, resource=resource, signed=signed, **fields)


def begin_to_qualify(people: list[Person]) -> None:
    """One resource on its way: noticed, cleared, tried once; somebody has it in charge. The first school does it for all."""
    resource = Resource.objects.filter(key="lire-au-ce1/la-cabane-du-jardin").first()
    if resource is None or len(people) < 2 or Qualification.objects.filter(resource=resource).exists():
        return
    first, second = people[:2]
    now = timezone.now()
    known = Qualification.objects.create(
        resource=resource,
        state=Qualification.State.TRIED,
        moved_by=first,
        assigned_to=second,
        trials=1,
        opened_at=now,
        changed_at=now,
    )
    for kind, state, words, person in [
        ("move", "noticed", "", first),
        ("move", "cleared", "Texte écrit pour Préau, licence dite.", second),
        (
            "trial",
            "cleared",
            "Lue en demi-groupe. Deux questions sur trois ont fait parler tout le monde.",
            first,
        ),
        ("move", "tried", "", first),
    ]:
        QualificationStep.objects.create(
            qualification=known,
            kind=kind,
            state=state,
            words=words,
            by=person,
            at=now,
            signed=Role.TEACHER.said_of(person.civility),
        )


def _teachers(world: Any) -> list[Person]:
    """The cast's teacher first."""
    held = (
        Holding.objects.filter(school=world.school, role=Role.TEACHER).select_related("person").order_by("pk")
    )
    people = [holding.person for holding in held[:3]]
    known = world.people.get("teacher")
    return [*([known] if known else []), *(person for person in people if person != known)][:2]


def write(school: School, person: Person, plan: Plan, signature: str) -> Scenario:
    now = timezone.now() - timedelta(days=plan.days)
    source = Resource.objects.filter(key=plan.resources[0]).first() if plan.adapted else None
    content = _content(plan, source)
    origin = (
        {
            "title": source.title,
            "authors": source.authors,
            "licence": source.licence,
            "licence_version": source.licence_version,
            "address": source.address,
        }
        if source
        else {}
    )
    scenario: Scenario = Scenario.objects.create(
        school=school,
        title=content.facts.title,
        body=content.told(),
        licence=plan.licence,
        adapted_resource=source,
        origin=origin,
        made_at=now,
        changed_at=now,
    )
    author = Author.objects.create(
        scenario=scenario,
        person=person,
        is_first=True,
        signature=signature,
        invited_at=now,
        accepted_at=now,
        pseudonym="La prof de la salle 12" if signature == Signature.PSEUDONYM else "",
    )
    if not plan.draft:
        _publish(scenario, content, author)
    return scenario


def _content(plan: Plan, source: Resource | None) -> Content:
    def rich(text: str) -> str:
        return signs.from_plain(text)

    steps = [
        Step(
            f"etape-{rank}",
            title,
            minutes,
            setting.value,
            rich(teacher),
            rich(pupils),
            "",
            rich(help_),
        )
        for rank, (title, minutes, setting, teacher, pupils, help_) in enumerate(plan.steps, start=1)
    ]
    if source:
        steps.insert(0, Step("etape-0", "Lire le texte", 20, ALONE.value, "", words_to_change(source.parts)))
    facts = Facts(
        plan.title,
        plan.abstract,
        plan.levels,
        plan.subject,
        sum(step.minutes or 0 for step in steps),
        rich(plan.objectives),
        plan.material,
        plan.resources,
    )
    return Content(facts, tuple(steps))


def _publish(scenario: Scenario, content: Content, author: Author) -> None:
    nodes, signatures = nodes_of(content), [author.signed]
    scenario.shown = Version.objects.create(
        scenario=scenario,
        number=1,
        title=scenario.title,
        body=content.frozen().told(),
        licence=scenario.licence,
        signatures=signatures,
        made_by=author.person,
        made_at=scenario.made_at,
    )
    scenario.state = Scenario.State.PUBLISHED
    scenario.words = words_of(content, [node.label for node in nodes], signatures)
    scenario.save()
    scenario.nodes.set(nodes)
