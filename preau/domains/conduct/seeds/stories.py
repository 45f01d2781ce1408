"""What happens in an ordinary school: small things, told without judgement."""

from typing import NamedTuple


class Story(NamedTuple):
    """An incident, what its family reads, and the punition that may follow (kind, work)."""

    kind: str
    place: str
    facts: str
    for_family: str
    punition: str = ""
    work: str = ""


STORIES = [
    Story(
        "talk",
        "classroom",
        "Bavardages répétés pendant l’exercice, après deux rappels.",
        "Des bavardages ont gêné le cours malgré deux rappels. Nous en avons parlé ensemble à la fin de l’heure.",
        "work",
        "Recopier et terminer l’exercice de la séance.",
    ),
    Story(
        "work",
        "classroom",
        "Matériel oublié pour la troisième fois ce mois-ci.",
        "Le matériel a été oublié trois fois ce mois-ci. Merci de vérifier le sac la veille, à la maison.",
        "work",
        "Préparer la liste du matériel de la semaine et la faire signer.",
    ),
    Story(
        "late",
        "corridor",
        "Arrivée en cours dix minutes après la sonnerie, pour la quatrième fois.",
        "Plusieurs retards entre deux cours ont été notés ces deux semaines.",
        "detention",
        "Terminer le travail de la séance manquée.",
    ),
    Story(
        "phone",
        "yard",
        "Téléphone allumé dans la cour, rangé à la première demande.",
        "Le téléphone était allumé dans la cour. Il a été rangé tout de suite.",
        "remark",
    ),
    Story(
        "rules",
        "canteen",
        "Plateau laissé sur la table, rangé après discussion.",
        "Un plateau n’avait pas été rapporté à la cantine. C’est réglé.",
    ),
    Story(
        "words",
        "corridor",
        "Moquerie dans le rang, devant deux autres élèves. Entretien le jour même.",
        "Une moquerie a été dite dans le rang. Nous en avons parlé le jour même.",
        "apology",
    ),
    Story(
        "damage",
        "study",
        "Inscriptions au crayon sur une table de permanence, effacées ensuite.",
        "Une table de permanence a été écrite au crayon, puis nettoyée.",
        "detention",
        "Écrire un texte court sur le matériel commun.",
    ),
    Story(
        "scuffle",
        "gym",
        "Bousculade dans le vestiaire, sans blessure. Chacun a été entendu.",
        "Une bousculade a eu lieu au vestiaire. Personne n’est blessé et chacun a été entendu.",
        "detention",
        "Lire et résumer la charte du gymnase.",
    ),
]
# What the register says of the few sanctions of a term.
SANCTIONS = [
    ("warning", "Cours perturbé plusieurs fois malgré des punitions et un entretien avec la famille."),
    ("blame", "Propos blessants répétés envers un élève, après un premier avertissement oral."),
    ("class_out", "Refus répété de suivre les consignes de sécurité pendant les travaux pratiques."),
]
