"""What the columns of a table of absences may hold, and what each seems to hold by its heading."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from preau.foundation.importers import tables

PUPIL, FAMILY, GIVEN, GROUP = "pupil", "family", "given", "group"
FIRST, LAST, FROM, UNTIL = "first", "last", "from", "until"
HALF, HALVES, DURATION = "half", "halves", "duration"
KIND, MINUTES, REASON, EXCUSED = "kind", "minutes", "reason", "excused"
FIELDS = [
    (PUPIL, _("Élève : nom et prénom")),
    (FAMILY, _("Nom de l’élève")),
    (GIVEN, _("Prénom de l’élève")),
    (GROUP, _("Classe ou groupe")),
    (FIRST, _("Date de début, avec ou sans heure")),
    (FROM, _("Heure de début")),
    (LAST, _("Date de fin, avec ou sans heure")),
    (UNTIL, _("Heure de fin")),
    (HALF, _("Demi-journée : matin ou après-midi")),
    (HALVES, _("Nombre de demi-journées")),
    (DURATION, _("Durée, en heures et minutes")),
    (KIND, _("Nature : absence ou retard")),
    (MINUTES, _("Minutes de retard")),
    (REASON, _("Motif")),
    (EXCUSED, _("Justifiée : oui ou non")),
]
# Of each line, one at least.
NEEDED = [(PUPIL, FAMILY), (FIRST,)]
# Headings as programs and people write them, without accents nor signs.
HEADINGS: dict[str, frozenset[str]] = {
    PUPIL: frozenset(
        "eleve|eleves|nom eleve|nom de l eleve|nom et prenom|nom prenom|nom complet|nom et prenom de l eleve".split(
            "|"
        )
    ),
    FAMILY: frozenset("nom|nom de famille|nom usuel|nom d usage".split("|")),
    GIVEN: frozenset("prenom|prenom eleve|prenom de l eleve|prenoms".split("|")),
    GROUP: frozenset("classe|classes|division|groupe|classe eleve|nom classe|libelle classe".split("|")),
    FIRST: frozenset(
        "date|jour|du|debut|date debut|date de debut|date de l absence|date absence|date du retard|date retard|"
        "date et heure de debut|debut absence|absent du|le".split("|")
    ),
    FROM: frozenset(
        "heure|heure debut|heure de debut|h debut|de|heures|horaire|creneau|heure d arrivee|heure du retard|"
        "heure retard|heure arrivee".split("|")
    ),
    LAST: frozenset(
        "au|fin|date fin|date de fin|date et heure de fin|fin absence|absent au|jusqu au|date de retour".split(
            "|"
        )
    ),
    UNTIL: frozenset("heure fin|heure de fin|h fin|a|heure de retour".split("|")),
    HALF: frozenset("demi journee|demi jour|matin apres midi|m am|am pm|moment".split("|")),
    HALVES: frozenset(
        "nb dj|nombre de dj|dj|nb 1 2 j|nb 1 2 jours|nb demi journees|nombre de demi journees|nb de demi journees|"
        "demi journees|demi journees brutes|dj brutes|nb 1 2j|1 2 j|1 2j|1 2 j brutes|1 2j brutes|nb dj brutes|1 2 journees|nb 1 2 journees".split(
            "|"
        )
    ),
    DURATION: frozenset(
        "duree|duree absence|duree de l absence|nb h|nb heures|heures manquees|heures de cours manquees|nombre d heures".split(
            "|"
        )
    ),
    KIND: frozenset("nature|type|genre|absence retard|absence ou retard|evenement|type d absence".split("|")),
    MINUTES: frozenset(
        "retard|minutes|minutes de retard|retard min|retard en minutes|duree du retard|duree retard|nb minutes|"
        "nb min".split("|")
    ),
    REASON: frozenset(
        "motif|motifs|raison|motif absence|motif de l absence|libelle motif|motif du retard".split("|")
    ),
    EXCUSED: frozenset(
        "justifie|justifiee|justification|excuse|excusee|regle|reglee|recevable|valable|justifie o n".split(
            "|"
        )
    ),
}


def guessed(titles: Sequence[str]) -> list[str]:
    """What each column seems to hold, "" where nothing says it; each field once."""
    found = tables.guessed(titles, HEADINGS)
    if FAMILY in found and GIVEN not in found and PUPIL not in found:
        # « Nom » alone holds both.
        found[found.index(FAMILY)] = PUPIL
    return found
