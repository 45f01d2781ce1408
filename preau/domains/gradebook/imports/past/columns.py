"""What the columns of a table of marks may hold, and what each seems to hold by its heading."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from preau.foundation.importers import tables

PUPIL, FAMILY, GIVEN, GROUP, SUBJECT, DAY = "pupil", "family", "given", "group", "subject", "day"
MARK, SCALE, WEIGHT, TITLE, PERIOD = "mark", "scale", "coefficient", "title", "period"
FIELDS = [
    (PUPIL, _("Élève : nom et prénom")),
    (FAMILY, _("Nom de l’élève")),
    (GIVEN, _("Prénom de l’élève")),
    (GROUP, _("Classe ou groupe")),
    (SUBJECT, _("Matière")),
    (DAY, _("Date du devoir")),
    (PERIOD, _("Période")),
    (MARK, _("Note")),
    (SCALE, _("Barème")),
    (WEIGHT, _("Coefficient")),
    (TITLE, _("Titre du devoir")),
]
# Of each line, one at least.
NEEDED = [(PUPIL, FAMILY), (SUBJECT,), (MARK,), (DAY, PERIOD)]
# Headings as programs and people write them, without accents nor signs.
HEADINGS: dict[str, frozenset[str]] = {
    PUPIL: frozenset(
        {"eleve", "eleves", "nom eleve", "nom de l eleve", "nom et prenom", "nom prenom", "nom complet"}
    ),
    FAMILY: frozenset({"nom", "nom de famille", "nom usuel", "nom d usage"}),
    GIVEN: frozenset({"prenom", "prenom eleve", "prenom de l eleve", "prenoms"}),
    GROUP: frozenset(
        {
            "classe",
            "classes",
            "division",
            "groupe",
            "classe groupe",
            "classe eleve",
            "nom classe",
            "libelle classe",
        }
    ),
    SUBJECT: frozenset(
        {"matiere", "matieres", "discipline", "service", "enseignement", "libelle matiere", "nom matiere"}
    ),
    DAY: frozenset(
        {
            "date",
            "jour",
            "date du devoir",
            "date devoir",
            "date de la note",
            "date note",
            "date evaluation",
            "date de l evaluation",
        }
    ),
    MARK: frozenset({"note", "notes", "valeur", "resultat", "note eleve", "note obtenue"}),
    SCALE: frozenset({"bareme", "sur", "note sur", "bareme de la note"}),
    WEIGHT: frozenset(
        {"coef", "coeff", "coefficient", "coef devoir", "coefficient du devoir", "ponderation"}
    ),
    TITLE: frozenset(
        {
            "devoir",
            "intitule",
            "titre",
            "libelle",
            "libelle du devoir",
            "libelle devoir",
            "nom du devoir",
            "nom devoir",
            "evaluation",
            "sujet",
            "commentaire du devoir",
            "theme",
        }
    ),
    PERIOD: frozenset(
        {"periode", "trimestre", "semestre", "periode de notation", "libelle periode", "code periode"}
    ),
}


def guessed(titles: Sequence[str]) -> list[str]:
    """What each column seems to hold, "" where nothing says it; each field once."""
    found = tables.guessed(titles, HEADINGS)
    if FAMILY in found and GIVEN not in found and PUPIL not in found:
        # « Nom » alone holds both.
        found[found.index(FAMILY)] = PUPIL
    return found
