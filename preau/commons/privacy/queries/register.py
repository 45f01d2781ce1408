"""The register of processing (RGPD, article 30), made from the board and from the settings of this site, never typed.

An activity is a purpose of the board: the tables kept for it, whose they are, what they hold, for how long, of which right.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext as _

from preau.commons.privacy.queries.held import links_of
from preau.commons.privacy.queries.houses import fields_of
from preau.commons.privacy.queries.terms import rules_said
from preau.directory.models import Holding, School
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import boards, translators
from preau.foundation.boards import Concerned, FieldClass, PersonalData, Term

PUPILS, GUARDIANS, STAFF = Concerned.PUPILS, Concerned.GUARDIANS, Concerned.STAFF
EVERYONE = tuple(Concerned)
# Whom each link from a row leads to, by the name of the field; a table says it otherwise on the board (`people`). A name that
# is not here fails the register, and a test.
LINKS: dict[str, tuple[Concerned, ...]] = {
    **dict.fromkeys(["pupil", "pupils", "about"], (PUPILS,)),
    "guardian": (GUARDIANS,),
    **dict.fromkeys(
        [
            "approved_by",
            "asked_by",
            "brought_by",
            "brought_for",
            "called_by",
            "cancelled_by",
            "changed_by",
            "closed_by",
            "confirmed_by",
            "corrected_by",
            "created_by",
            "decided_by",
            "done_by",
            "ended_by",
            "handled_by",
            "held_by",
            "issued_by",
            "made_by",
            "noted_by",
            "opened_by",
            "owner",
            "placed_by",
            "postponed_by",
            "pronounced_by",
            "reported_by",
            "settled_by",
            "supervisor",
            "taken_by",
            "teacher",
            "teacher_after",
            "teacher_before",
            "teachers",
            "told_to",
            "undone_by",
            "watchers",
            "withdrawn_by",
            "written_by",
            "added_by",
            "announced_by",
            "answered_by",
            "applied_by",
            "assigned_to",
            "moved_by",
        ],
        (STAFF,),
    ),
    **dict.fromkeys(["author"], (STAFF,)),
    # Those whom a school says something of, whoever they are; and whoever does something with an account.
    **dict.fromkeys(
        [
            "actor",
            "by",
            "given_by",
            "giver",
            "kept",
            "kept_by",
            "one",
            "other",
            "person",
            "pk",
            "said_by",
            "subject",
            "told_by",
        ],
        EVERYONE,
    ),
}


@dataclass(frozen=True)
class RegisterTable:
    """One table of an activity: what it is, and the names of its fields by class."""

    label: str
    model: str
    retention: str
    fields: list[tuple[str, list[str]]]
    is_sensitive: bool


@dataclass(frozen=True)
class Activity:
    """One line of the register. `number` is its rank, as long as no activity is added."""

    number: int
    house: str
    purpose: str
    bases: list[str]
    people: list[str]
    tables: list[RegisterTable]
    recipients: list[str]
    retentions: list[str]

    @property
    def has_sensitive(self) -> bool:
        return any(table.is_sensitive for table in self.tables)


@dataclass(frozen=True)
class Leaving:
    """Somebody outside who receives something: what, and whether this site sends it today. `where`: hosts, as the settings name them."""

    to: str
    what: str
    where: str
    is_on: bool


@dataclass(frozen=True)
class Register:
    """The whole, for one reader: who answers for it, the activities, what protects, what leaves."""

    school: School | None
    facts: list[tuple[str, str]]
    activities: list[Activity]
    measures: list[str]
    leaving: list[Leaving]
    terms: list[tuple[str, list[Term]]]


def activities() -> list[Activity]:
    """Every activity, in the order of the board: one a purpose."""
    found: dict[str, list[PersonalData]] = {}
    for entry in boards.personal_data:
        found.setdefault(str(entry.purpose), []).append(entry)
    return [_activity(number, purpose, held) for number, (purpose, held) in enumerate(found.items(), 1)]


def _activity(number: int, purpose: str, held: list[PersonalData]) -> Activity:
    house: Any = apps.get_model(held[0].model)._meta.app_config
    people = {person for entry in held for person in people_of(entry)}
    return Activity(
        number=number,
        house=str(house.verbose_name),
        purpose=purpose,
        bases=_each(entry.legal_basis for entry in held),
        people=[one.label for one in Concerned if one in people] or [_("personne : des nombres seulement")],
        tables=[_kept(entry) for entry in held],
        recipients=_each(entry.readers.in_words for entry in held),
        retentions=_each(entry.keep.said for entry in held),
    )


def _each(sentences: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(str(sentence) for sentence in sentences))


def _kept(entry: PersonalData) -> RegisterTable:
    return RegisterTable(
        label=str(entry.label),
        model=entry.model,
        retention=str(entry.keep.said),
        fields=[(str(words), names) for words, names in fields_of(entry)],
        is_sensitive=FieldClass.SENSITIVE in entry.fields.values(),
    )


def people_of(entry: PersonalData) -> set[Concerned]:
    """Whose data a table holds. Raises LookupError for a link that nobody has said anything of."""
    found: set[Concerned] = {PUPILS} if FieldClass.CHILD in entry.fields.values() else set()
    for link in links_of(entry):
        name = link.rpartition("__")[2]
        if name not in entry.people and name not in LINKS:
            raise LookupError(f"{entry.model}: say in LINKS whom {name} leads to")
        found |= set(entry.people.get(name, LINKS.get(name, ())))
    return found


# Who answers, what protects, what leaves


def register_for(viewer: Viewer) -> Register:
    """The register as the viewer's school keeps it; whoever operates keeps that of a processor (article 30.2)."""
    return Register(
        school=viewer.school,
        facts=_facts(viewer.school, _heads_of(viewer)),
        activities=activities(),
        measures=measures(),
        leaving=leaving(),
        terms=rules_said(),
    )


def _heads_of(viewer: Viewer) -> list[str]:
    """Those who direct the school today, in whose name it answers for the processing."""
    held = Holding.objects.filter(active_on(viewer.today), school=viewer.school_id, role=Role.HEAD)
    rows = held.select_related("person").order_by("person__search_name", "pk") if viewer.school else []
    return [row.person.formal_name for row in rows]


def _facts(school: School | None, heads: list[str]) -> list[tuple[str, str]]:
    """Who answers for the processing, who processes, whom to write to. What nobody has said is said to be missing."""
    operator = settings.OPERATOR
    facts = [(_("Responsable du traitement"), _("chaque établissement, pour ce qui le concerne"))]
    if school:
        facts = [
            (_("Responsable du traitement"), school.name),
            (_("UAI"), school.uai),
            (_("Représenté par"), ", ".join(heads)),
            (_("Adresse"), school.address),
            (_("Contact pour les données personnelles"), school.privacy_contact),
        ]
    facts += [
        (_("Sous-traitant (exploitant)"), operator["OPERATOR_NAME"]),
        (_("Adresse de l’exploitant"), operator["OPERATOR_ADDRESS"]),
        (_("Contact de l’exploitant"), operator["OPERATOR_CONTACT"]),
        (_("Hébergeur"), operator["OPERATOR_HOST"]),
        (_("Déléguée ou délégué à la protection des données"), operator["OPERATOR_PRIVACY"]),
    ]
    return [(label, value or _("à renseigner")) for label, value in facts]


def measures() -> list[str]:
    """What the platform does, in sentences that are true of this site as it is set today."""
    found = [
        _(
            "Chaque page dit à qui elle s’ouvre et chaque table qui voit ses lignes. Ce qui n’est dit pour personne est refusé."
        ),
        _(
            "Mots de passe : douze caractères au moins, huit pour un élève, gardés sous forme d’empreinte (Argon2id). Les plus courants sont refusés."
        ),
        _(
            "Après dix essais ratés, la connexion se ferme un quart d’heure à l’appareil ou au réseau d’où ils viennent."
        ),
        _("Double vérification par une application, pour qui la met en place, à partir de quinze ans."),
        _(
            "Les sessions se ferment seules, après vingt minutes sans geste pour un élève et soixante pour un personnel ou un parent."
        ),
        _(
            "Un journal dit qui a ouvert ou changé quoi. Il est écrit en même temps que le changement et scellé toutes les heures : une ligne scellée qu’on change ou qu’on retire se voit."
        ),
        _(
            "Les fichiers envoyés sont reconnus à leur contenu, gardés sous un nom tiré au hasard et donnés à enregistrer, pas à ouvrir dans la page. Les images sont redessinées, sans le lieu de la prise de vue."
        ),
        _(
            "Trois mois après un départ, une personne est effacée. L’établissement est prévenu une semaine avant."
        ),
        _(
            "Chaque règle de conservation est datée et exécutée. Ce qui arrive à son terme s’efface sur l’accord de deux personnes, et il en reste le nombre."
        ),
        _("Les pages n’appellent aucun autre site : ni statistiques, ni polices, ni publicité."),
        _("Les journaux techniques ne contiennent ni nom, ni adresse IP."),
    ]
    if settings.HTTPS:
        found.insert(0, _("Les échanges sont chiffrés : le site n’est servi qu’en HTTPS."))
    if settings.CLAMD:
        found.append(_("Un antivirus examine les fichiers envoyés."))
    return found


def leaving() -> list[Leaving]:
    """Everybody outside to whom this site may send something. Where they are established is for people to say."""
    return [
        Leaving(
            _("Messagerie électronique"),
            _("Les courriels, à l’adresse que chaque personne a donnée."),
            str(settings.EMAIL_HOST) if not settings.DEMO else "",
            is_on=not settings.DEMO,
        ),
        Leaving(
            _("Services d’envoi des navigateurs (Google, Mozilla, Microsoft, Apple)"),
            _(
                "Pour qui l’a demandé sur son appareil : une adresse d’appareil et des messages chiffrés, que le service ne peut pas lire."
            ),
            ", ".join(settings.PUSH_HOSTS),
            is_on=bool(settings.VAPID_PRIVATE_KEY),
        ),
        Leaving(
            _("Opérateur de SMS"),
            _("Le numéro de téléphone et le texte des messages aux familles."),
            urlsplit(settings.SMS_URL).hostname or "",
            is_on=bool(settings.SMS_GATEWAY) and not settings.DEMO,
        ),
        Leaving(
            _("Service de traduction automatique"),
            _(
                "Le texte d’un mot du carnet à des classes entières, noms, adresses et numéros masqués, là où la direction l’a permis."
            ),
            translators.host(),
            is_on=translators.is_offered(),
        ),
        Leaving(
            _("Applications reliées que l’établissement ouvre"),
            _(
                "Un identifiant propre au service et ce que l’établissement a accepté de transmettre, quand une personne ouvre le service."
            ),
            "",
            is_on=True,
        ),
        Leaving(
            _("Agenda que chaque personne choisit"),
            _("Ses cours et ses événements, à l’adresse privée qu’elle a demandée."),
            "",
            is_on=True,
        ),
        Leaving(
            _("Ressources numériques (GAR) et outils qui lisent OneRoster"),
            _(
                "Les fichiers que l’exploitant prépare pour un établissement : le moins possible, d’après une liste."
            ),
            "",
            is_on=True,
        ),
    ]
