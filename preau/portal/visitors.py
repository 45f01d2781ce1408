"""Whom a visitor of the demonstration may be, and what to try as each."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.portal.demo import LOGINS

Text = Any  # a sentence, translated when it is shown


@dataclass(frozen=True)
class Visitor:
    """An account to try: who it is, and what to do with it."""

    key: str
    name: Text
    role: Text
    what: Text

    @property
    def login(self) -> str:
        return LOGINS[self.key]


@dataclass(frozen=True)
class Gathering:
    """Visitors of one place, under its name."""

    title: Text
    visitors: tuple[Visitor, ...]


GATHERINGS = (
    Gathering(
        _("Au collège des Tilleuls"),
        (
            Visitor(
                "teacher",
                "Claire Moreau",
                _("Enseignante de mathématiques"),
                _(
                    "Une séance a lieu maintenant : faites l’appel, marquez un absent et un retard. Un appel a été oublié : l’accueil le rappelle."
                ),
            ),
            Visitor(
                "cpe",
                "Samia Haddad",
                _("CPE"),
                _(
                    "Lisez les explications des familles, acceptez ou refusez, corrigez une absence, suivez les appels du jour."
                ),
            ),
            Visitor(
                "head",
                "Hélène Carpentier",
                _("Principale"),
                _("Regardez la vie scolaire, l’emploi du temps d’une classe, les comptes du collège."),
            ),
            Visitor(
                "secretary",
                "Paul Giraud",
                _("Secrétaire"),
                _(
                    "Créez une séance hebdomadaire : Préau dit si une classe, un enseignant ou une salle est déjà pris. Préparez les courriers des comptes d’une classe."
                ),
            ),
            Visitor(
                "teacher_1",
                "Thomas Lefèvre",
                _("Enseignant de français et père d’élève"),
                _(
                    "Changez de profil dans le menu du compte : d’un côté ses classes, de l’autre une absence d’Anaïs à expliquer."
                ),
            ),
            Visitor(
                "teacher_two_schools",
                "Céline D’Hervé",
                _("Enseignante d’anglais dans deux établissements"),
                _("Un profil au collège, un profil au lycée : chacun ne montre que ses classes."),
            ),
            Visitor(
                "nurse",
                "Anne-Claire L’Hostis",
                _("Infirmière"),
                _("Elle lit les emplois du temps des classes, et rien des absences."),
            ),
            Visitor(
                "librarian",
                "Benoît Le Goff",
                _("Professeur documentaliste"),
                _(
                    "L’emploi du temps d’une classe, pour savoir qui vient au CDI. La principale lui a confié les réglages pour quatre mois : son accueil le dit."
                ),
            ),
            Visitor(
                "assistant",
                "Grâce N’Guessan",
                _("AESH"),
                _("Son accueil est presque vide : Préau ne montre que ce dont chacun a besoin."),
            ),
        ),
    ),
    Gathering(
        _("Familles et élèves"),
        (
            Visitor(
                "guardian",
                "Julie Abadie",
                _("Mère de Nina, en 5e B, et d’Hugo, en CE2"),
                _(
                    "Deux enfants, deux établissements, un compte. Expliquez l’absence de Nina ; celle d’Hugo attend une réponse."
                ),
            ),
            Visitor(
                "other_guardian",
                "Marc Abadie",
                _("Père de Nina, séparé"),
                _("Il voit les absences de Nina, pas ce que la mère en a écrit, et rien d’Hugo."),
            ),
            Visitor("pupil", "Nina Abadie", _("Élève de 5e B"), _("Sa journée, sa semaine, ses absences.")),
            Visitor(
                "guardian_without_mail",
                _("Mère de Cheick"),
                _("Responsable sans adresse de courriel"),
                _(
                    "Cheick, en 3e A, a manqué une journée : aucun courriel ne peut partir, l’absence l’attend ici."
                ),
            ),
        ),
    ),
    Gathering(
        _("Au lycée des Marronniers"),
        (
            Visitor(
                "lycee_head",
                "Vincent Delorme",
                _("Proviseur"),
                _(
                    "Trente-trois classes, des spécialités en groupes : ouvrez l’emploi du temps d’une classe de terminale."
                ),
            ),
            Visitor(
                "adult_pupil",
                "Aurélien D’Almeida",
                _("Élève majeur"),
                _("Il explique lui-même ses absences."),
            ),
            Visitor(
                "lycee_pupil_turning_18",
                "Aya El Amrani",
                _("Élève qui a bientôt 18 ans"),
                _(
                    "Elle voit ses absences ; elle pourra les expliquer le jour de ses 18 ans, trois jours après le début de la démonstration."
                ),
            ),
        ),
    ),
    Gathering(
        _("À l’école Jean-Moulin"),
        (
            Visitor(
                "school_director",
                "Maud Kervella",
                _("Directrice, avec une classe"),
                _("L’école sur une page, et ses propres appels."),
            ),
            Visitor(
                "primary_teacher",
                "Jean-François Öztürk",
                _("Enseignant de CE2"),
                _("Une classe toute la semaine, dont Hugo Abadie."),
            ),
            Visitor(
                "town_agent",
                "Nadège Prigent",
                _("Agente de la mairie, invitée par la directrice"),
                _("Les listes que la directrice lui a confiées pour la cantine, et rien d’autre."),
            ),
        ),
    ),
)
