"""What the digital resources show to the rest of the platform."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.directory.boards import Power, powers
from preau.directory.queries.terms import SINCE, by_year
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.mediacentre import rules, seeds, tasks
from preau.domains.mediacentre.actions import assigning, bringing, keeping
from preau.domains.mediacentre.models import ASSIGNING, BY_FUNCTION
from preau.foundation import boards
from preau.foundation.boards import FieldClass, NotificationKind, Pace, PersonalData, Retention, Term
from preau.foundation.readers import on_themselves, with_guardians

KEY = "mediacentre"
NONE, PERSONAL, CHILD = FieldClass.NONE, FieldClass.PERSONAL, FieldClass.CHILD
assigning.rule_made.connect(tasks.enqueue_given, dispatch_uid="mediacentre.given")
bringing.resources_closed.connect(tasks.enqueue_gone, dispatch_uid="mediacentre.gone")
boards.services.add(
    boards.Service(
        KEY,
        _("Ressources numériques"),
        text=_(
            "Les ressources du GAR auxquelles l’établissement est abonné : qui a laquelle, et comment les ouvrir."
        ),
        namespaces=("mediacentre",),
        order=28,
    )
)
for entry in [
    boards.MenuEntry(
        _("Manuels et abonnements"),
        "mediacentre:mine",
        "book",
        rules.reads_resources,
        "resources",
        order=62,
        service=KEY,
    ),
    boards.MenuEntry(
        _("Attribuer les ressources"),
        "mediacentre:resources",
        "book",
        rules.assigns,
        "administration",
        order=62,
        service=KEY,
    ),
]:
    boards.menu.add(entry)
boards.schedule.add(boards.Scheduled("mediacentre.endings", tasks.warn_of_endings, every_minutes=24 * 60))
boards.seeds.add(boards.Seed("ressources numériques", seeds.plant, order=97))

VERBS = [
    ("list_brought", _("Liste du GAR apportée")),
    ("list_applied", _("Liste du GAR appliquée")),
    ("list_dropped", _("Liste du GAR abandonnée")),
    ("assigned", _("Ressources numériques attribuées")),
    ("ended", _("Attribution de ressources retirée")),
    ("restored", _("Attribution de ressources rétablie")),
    ("set_apart", _("Ressource numérique retirée à une personne")),
    ("given_again", _("Ressource numérique rendue à des personnes")),
    ("licences_changed", _("Licences d’une ressource changées")),
    ("families_changed", _("Ressource montrée ou non aux familles")),
    ("exported", _("Attributions de ressources exportées")),
]
for verb, label in VERBS:
    boards.journal_words.add(boards.JournalWord(f"{KEY}.{verb}", label))
powers.add(
    Power(
        ASSIGNING,
        _("Attribuer les ressources numériques"),
        _(
            "Apporter les listes du GAR, dire qui a quelle ressource, et lire qui les a. Ni notes, ni absences."
        ),
        "mediacentre:resources",
        BY_FUNCTION,
        verbs=frozenset(f"{KEY}.{verb}" for verb, _label in VERBS),
        order=37,
    )
)


def has_resources(viewer: Viewer) -> bool:
    """Who opens resources, and may be told: the GAR knows no guardian."""
    return rules.reads_resources(viewer) and not viewer.is_guardian


for step in [
    boards.FirstStep(
        _("Attribuer les ressources numériques"),
        _(
            "Apportez la liste du GAR, puis dites qui a quelle ressource : un niveau, une classe, des enseignants, une personne."
        ),
        "mediacentre:resources",
        rules.assigns,
        order=64,
        service=KEY,
    ),
    boards.FirstStep(
        _("Ouvrir une ressource numérique"),
        _(
            "Manuels, dictionnaires, exercices : ceux que l’établissement vous a donnés s’ouvrent avec votre compte."
        ),
        "mediacentre:mine",
        has_resources,
        order=65,
        service=KEY,
    ),
]:
    boards.first_steps.add(step)


CATEGORY, OWN = _("Ressources numériques"), _("Cette ressource vous est attribuée par l’établissement.")
for key, label, subject, body, action, why, who, options in [
    (
        "new",
        _("De nouvelles ressources numériques"),
        _("De nouvelles ressources numériques"),
        _("%(what)s\n%(school)s"),
        _("Voir mes ressources"),
        OWN,
        has_resources,
        {"pace": Pace.NEVER, "order": 70},
    ),
    (
        "gone",
        _("Des ressources numériques ne sont plus là"),
        _("Des ressources numériques ne sont plus là"),
        _("L’établissement n’a plus : %(what)s\n%(school)s"),
        _("Voir mes ressources"),
        OWN,
        has_resources,
        {"pace": Pace.NEVER, "order": 71},
    ),
    (
        "list",
        _("Listes et abonnements du GAR"),
        _("Ressources numériques de l’établissement"),
        _("%(what)s\n%(school)s"),
        _("Voir les ressources"),
        _("Vous attribuez les ressources numériques de l’établissement."),
        rules.assigns,
        {"pace": Pace.DAILY, "order": 72},
    ),
]:
    boards.notification_kinds.add(
        NotificationKind(f"{KEY}.{key}", label, CATEGORY, subject, body, action, why, who, **options)
    )

COMMON: dict[str, Any] = dict(
    purpose=_("Dire qui a quelle ressource numérique, dans la limite des licences, et la lui faire ouvrir."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    readers=with_guardians(Role.HEAD, Role.LIBRARIAN, _("ceux à qui ce droit est confié")),
    keep=Retention.YEAR_PLUS_ONE,
)


OF_STAFF = {"readers": on_themselves(Role.HEAD, Role.LIBRARIAN, _("ceux à qui ce droit est confié"))}
for label, model, person, fields, more in [
    (
        _("Attributions de ressources numériques"),
        "Rule",
        "made_by",
        dict.fromkeys("school public scope resources sent_as".split(), NONE)
        | dict.fromkeys(["made_by", "made_at", "ended_by", "ended_at"], PERSONAL),
        OF_STAFF,
    ),
    (
        _("Ressources données à une personne"),
        "Target",
        "person",
        dict.fromkeys("school rule level group subject".split(), NONE) | {"person": CHILD},
        {"forget": assigning.forget_person},
    ),
    (
        _("Ressources retirées à une personne"),
        "Exemption",
        "person",
        dict.fromkeys("school resource".split(), NONE)
        | {"person": CHILD, "made_by": PERSONAL, "made_at": PERSONAL},
        {"forget": assigning.forget_exemptions, "withheld": frozenset({"made_by"})},
    ),
    (
        _("Étapes de ressources numériques"),
        "Step",
        "by",
        dict.fromkeys("school resource rule gesture".split(), NONE) | dict.fromkeys(["by", "at"], PERSONAL),
        OF_STAFF,
    ),
    (
        _("Listes du GAR apportées"),
        "BroughtList",
        "by",
        dict.fromkeys("school kind state name digest facts report decided_at".split(), NONE)
        | dict.fromkeys(["by", "at"], PERSONAL),
        OF_STAFF,
    ),
    (
        _("Informations lues avant d’ouvrir une ressource"),
        "Seen",
        "person",
        {"origin": NONE, "what": NONE, "person": PERSONAL, "at": PERSONAL},
        {"forget": keeping.forget_readings, "readers": on_themselves(), "keep": Retention.ACCOUNT},
    ),
]:
    boards.personal_data.add(PersonalData(label, f"{KEY}.{model}", person, fields=fields, **(COMMON | more)))

TEXT = _("Effacé à la fin de l’année scolaire qui suit.")
for key, label, model, when, options in [
    (
        "steps",
        _("Historique des ressources numériques"),
        "Step",
        "at",
        {"people": ("by",), "order": 31},
    ),
    (
        "rules",
        _("Attributions de ressources retirées"),
        "Rule",
        "ended_at",
        {"people": ("made_by", "targets__person"), "with_it": (f"{KEY}.Target",), "order": 32},
    ),
    (
        "exemptions",
        _("Exceptions à des attributions"),
        "Exemption",
        "made_at",
        {"people": ("person",), "order": 31},
    ),
    (
        "lists",
        _("Listes du GAR apportées"),
        "BroughtList",
        "at",
        {"people": ("by",), "order": 31},
    ),
]:
    boards.terms.add(
        Term(
            f"{KEY}.{key}",
            label,
            keep=Retention.YEAR_PLUS_ONE,
            model=f"{KEY}.{model}",
            when=when,
            since=SINCE,
            text=TEXT,
            due=by_year(f"{KEY}.{model}", when),
            **options,
        )
    )

# How people read it.
for words in [
    boards.InWords("mediacentre", boards.Section.WORK),
]:
    boards.data_in_words.add(words)
