"""What scenarios show to the rest of the platform."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.directory.boards import Power, powers
from preau.domains.catalogue.boards import Beside, BesideSearch, beside_resources, beside_search
from preau.domains.scenarios import rules, seeds, tasks
from preau.domains.scenarios.actions import authors, moderation
from preau.domains.scenarios.actions.opinions import forget_reviews
from preau.domains.scenarios.actions.qualifying import forget_qualifying
from preau.domains.scenarios.models import QUALIFIES
from preau.domains.scenarios.queries import public
from preau.domains.scenarios.queries.beside import beside_resource
from preau.domains.scenarios.queries.opinions import summary_of
from preau.domains.scenarios.queries.qualifying import recommended
from preau.foundation import boards
from preau.foundation.boards import FieldClass, NotificationKind, Pace, PersonalData, Retention
from preau.foundation.readers import on_themselves

KEY = "scenarios"
# Where a school closes it, its people lose their space; what is published stays open to the world.
boards.services.add(
    boards.Service(
        KEY,
        _("Scénarios pédagogiques"),
        text=_("L’espace où les enseignants écrivent des séances, seuls ou ensemble, et les publient."),
        namespaces=(KEY,),
        order=29,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Mes scénarios"),
        "scenarios:space",
        "presentation",
        rules.writes,
        section="resources",
        order=61,
        service=KEY,
    )
)
boards.front_links.add(
    boards.FrontLink(
        _("Scénarios pédagogiques"),
        _("Des séances écrites et partagées par des enseignants, étape par étape."),
        _("Voir les scénarios"),
        "scenarios:home",
        "presentation",
        order=12,
    )
)
boards.uses.add(
    boards.Use(
        _("Reprendre dans mon espace"), "scenarios:take_up", "pencil", rules.writes, order=20, service=KEY
    )
)
boards.schedule.add(boards.Scheduled("scenarios.drop_removed", tasks.drop_removed, every_minutes=24 * 60))
boards.seeds.add(boards.Seed("scénarios", seeds.plant, order=96))


def adaptations(viewer: Any, resource: Any) -> Mapping[str, Any] | None:
    """What teachers have published from a resource."""
    rows = public.adaptations_of_resource(resource) if beside_resource(resource)["adapted"] else []
    return {"adaptations": rows} if rows else None


def opinions(viewer: Any, resource: Any) -> Mapping[str, Any]:
    """What teachers say of a resource."""
    return {
        "summary": summary_of(resource, beside_resource(resource)),
        "address": resource.address,
        "reader": viewer,
        "is_resource": True,
    }


beside_search.add(BesideSearch(public.beside_search, "presentation", order=60))
beside_resources.add(Beside("scenarios/_of_resource.html", adaptations, order=20))
beside_resources.add(Beside("scenarios/_opinions.html", opinions, order=30))
boards.uses.add(
    boards.Use(
        _("Donner mon avis"), "scenarios:review", "message-circle", rules.writes, order=30, service=KEY
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Modération"), "scenarios:cases", "inbox", rules.moderates, "platform", order=40, service=KEY
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Qualification"),
        "scenarios:qualifications",
        "clipboard-check",
        rules.qualifies,
        "lessons",
        order=62,
        service=KEY,
    )
)


def badge(viewer: Any, resource: Any) -> Mapping[str, Any] | None:
    """That a resource is recommended, and what it means; the gesture, for those who qualify."""
    known = recommended(resource) if beside_resource(resource)["recommended"] else None
    may = viewer is not None and rules.qualifies(viewer)
    return {"known": known, "may": may, "address": resource.address} if known or may else None


beside_resources.add(Beside("scenarios/_recommended.html", badge, order=10))
powers.add(
    Power(
        QUALIFIES,
        _("Qualifier des ressources"),
        _(
            "Vérifier, essayer et recommander des ressources avec d’autres. Ni les élèves, ni rien de l’établissement."
        ),
        "scenarios:qualifications",
        frozenset(),
        about_pupils=False,
        verbs=frozenset({"scenarios.qualified"}),
        order=80,
    )
)
boards.schedule.add(boards.Scheduled("scenarios.drop_cases", tasks.drop_cases, every_minutes=24 * 60))


def scenario_addresses() -> list[str]:
    return [reverse("scenarios:scenario", args=[code]) for code in public.addresses()]


boards.public_routes.add(boards.PublicRoute("scenarios:home", in_sitemap=True, to_work_on=True))
boards.public_routes.add(
    boards.PublicRoute("scenarios:scenario", in_sitemap=True, addresses=scenario_addresses, to_work_on=True)
)
boards.public_routes.add(boards.PublicRoute("scenarios:paper", to_work_on=True))
boards.public_routes.add(boards.PublicRoute("scenarios:reviews", to_work_on=True))
boards.first_steps.add(
    boards.FirstStep(
        _("Préparer une séance"),
        _("Écrivez un scénario étape par étape, ou reprenez celui d’un collègue."),
        "scenarios:space",
        rules.writes,
        where=_("« Menu », puis « Mes scénarios »"),
        order=48,
        service=KEY,
    )
)

for verb, label in [
    ("scenarios.begun", _("Scénario pédagogique commencé")),
    ("scenarios.published", _("Scénario pédagogique publié")),
    ("scenarios.withdrawn", _("Scénario pédagogique dépublié")),
    ("scenarios.removed", _("Scénario pédagogique supprimé")),
    ("scenarios.restored", _("Scénario pédagogique remis")),
    ("scenarios.gone_back", _("Retour à une version d’un scénario")),
    ("scenarios.invited", _("Collègue invité à écrire un scénario")),
    ("scenarios.accepted", _("Invitation à écrire un scénario acceptée")),
    ("scenarios.left", _("Scénario quitté par un auteur, ou invitation déclinée")),
    ("scenarios.taken_out", _("Auteur retiré d’un scénario")),
    ("scenarios.review_written", _("Avis écrit sur une ressource ou un scénario")),
    ("scenarios.review_removed", _("Avis retiré par son auteur")),
    ("scenarios.reported", _("Avis ou scénario signalé")),
    ("scenarios.moderated", _("Signalement décidé")),
    ("scenarios.appealed", _("Décision contestée")),
    ("scenarios.qualified", _("Ressource menée plus loin dans sa qualification")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))

CATEGORY = _("Scénarios pédagogiques")
boards.notification_kinds.add(
    NotificationKind(
        "scenarios.invited",
        _("Un collègue vous invite à écrire"),
        CATEGORY,
        _("Un collègue vous invite à écrire"),
        _("Un collègue vous propose d’écrire avec lui un scénario pédagogique."),
        _("Répondre"),
        _("Un auteur de ce scénario vous a choisi parmi ses collègues."),
        rules.writes,
        pace=Pace.DAILY,
        order=60,
    )
)
for kind in [
    NotificationKind(
        "scenarios.reviewed",
        _("Un avis sur mon scénario"),
        CATEGORY,
        _("Un avis est donné sur votre scénario"),
        _("Un enseignant donne son avis sur un scénario que vous avez publié."),
        _("Lire l’avis"),
        _("Vous êtes l’un des auteurs de ce scénario."),
        rules.writes,
        pace=Pace.WEEKLY,
        order=61,
    ),
    NotificationKind(
        "scenarios.moderated",
        _("Une décision sur ce que vous avez publié"),
        CATEGORY,
        _("Une décision sur ce que vous avez publié"),
        _(
            "Un modérateur a décidé de ce que vous avez publié. La raison est sur la page, et comment la contester."
        ),
        _("Lire la décision"),
        _("Vous avez écrit ce qui a été signalé."),
        rules.writes,
        pace=Pace.AT_ONCE,
        can_be_muted=False,
        order=62,
    ),
]:
    boards.notification_kinds.add(kind)

BASIS: dict[str, Any] = dict(
    purpose=_("Écrire des séances, les publier si leurs auteurs le veulent, et nommer qui les a écrites."),
    legal_basis=_(
        "Mission d’intérêt public ; droit des auteurs à leur nom (code de la propriété intellectuelle, article L. 121-1)."
    ),
    readers=on_themselves(
        others=(
            _("les auteurs d’un scénario"),
            _("tout le monde, pour ce qui est publié, signé comme ils l’ont choisi"),
        )
    ),
    keep=Retention.ACCOUNT,
)
NONE, PERSONAL = FieldClass.NONE, FieldClass.PERSONAL
for data in [
    PersonalData(
        _("Scénarios pédagogiques"),
        "scenarios.Scenario",
        "authors__person",
        fields=dict.fromkeys(
            "school code state shown licence nodes adapted_from adapted_resource made_at changed_at removed_at hidden_at".split(),
            NONE,
        )
        | dict.fromkeys(["title", "body", "words", "origin"], PERSONAL),
        forget=authors.forget,
        erases=_(
            "Ce que la personne écrit seule et n’a pas publié est effacé. Ce qui est publié reste, signé comme elle l’a choisi."
        ),
        withheld=frozenset({"words"}),
        **BASIS,
    ),
    PersonalData(
        _("Versions de ces scénarios"),
        "scenarios.Version",
        "scenario__authors__person",
        fields=dict.fromkeys(["scenario", "number", "licence", "is_published", "made_at"], NONE)
        | dict.fromkeys(["title", "body", "signatures", "made_by"], PERSONAL),
        **BASIS,
    ),
    PersonalData(
        _("Auteurs de ces scénarios"),
        "scenarios.Author",
        "person",
        fields=dict.fromkeys(["scenario", "is_first", "invited_at", "accepted_at"], NONE)
        | dict.fromkeys(["person", "signature", "pseudonym"], PERSONAL),
        **BASIS,
    ),
]:
    boards.personal_data.add(data)
OPINIONS: dict[str, Any] = BASIS | {
    "purpose": _(
        "Dire aux enseignants ce que leurs collègues pensent d’une ressource, et retirer ce qui ne doit pas rester."
    ),
    "legal_basis": _("Mission d’intérêt public (RGPD, article 6.1.e)."),
    "readers": on_themselves(
        others=(
            _("tout le monde, pour un avis, signé comme son auteur l’a choisi"),
            _("les modérateurs seuls, pour un signalement"),
        )
    ),
}
for data in [
    PersonalData(
        _("Avis sur des ressources et des scénarios"),
        "scenarios.Review",
        "person",
        fields=dict.fromkeys(["resource", "scenario", "level", "made_at", "changed_at", "hidden_at"], NONE)
        | dict.fromkeys(
            "person clarity interest access ease context text signature signed".split(), PERSONAL
        ),
        forget=forget_reviews,
        erases=_("Les avis que la personne a écrits sont effacés."),
        **OPINIONS,
    ),
    PersonalData(
        _("Signalements"),
        "scenarios.Report",
        "person",
        fields={"case": NONE, "made_at": NONE} | dict.fromkeys(["person", "reason", "words"], PERSONAL),
        forget=moderation.forget_reports,
        erases=_("Les signalements que la personne a faits sont effacés."),
        **OPINIONS | {"keep": Retention.SECURITY},
    ),
    PersonalData(
        _("Décisions des modérateurs"),
        "scenarios.Case",
        "review__person",
        fields=dict.fromkeys(
            ["review", "scenario", "state", "hidden", "decided_at", "appealed_at", "opened_at"], NONE
        )
        | dict.fromkeys(["why", "decided_by", "appeal"], PERSONAL),
        **OPINIONS | {"keep": Retention.SECURITY},
    ),
]:
    boards.personal_data.add(data)
QUALIFYING: dict[str, Any] = OPINIONS | {
    "purpose": _("Recommander des ressources à plusieurs, et garder qui a décidé quoi."),
    "readers": on_themselves(
        others=(
            _("ceux qui qualifient des ressources, sans nom"),
            _("la page d’une ressource dit seulement qu’elle est recommandée"),
        )
    ),
}
for data in [
    PersonalData(
        _("Qualifications de ressources"),
        "scenarios.Qualification",
        "moved_by",
        fields=dict.fromkeys(["resource", "state", "trials", "opened_at", "changed_at"], NONE)
        | dict.fromkeys(["moved_by", "assigned_to"], PERSONAL),
        forget=forget_qualifying,
        erases=_("Ce qui a été décidé reste ; qui l’a décidé est effacé."),
        **QUALIFYING,
    ),
    PersonalData(
        _("Étapes de ces qualifications"),
        "scenarios.QualificationStep",
        "by",
        fields=dict.fromkeys(["qualification", "kind", "state", "at"], NONE)
        | dict.fromkeys(["words", "by", "signed"], PERSONAL),
        **QUALIFYING,
    ),
]:
    boards.personal_data.add(data)
boards.endings.add(
    boards.Ending(
        ("scenarios.QualificationStep",),
        _("L’historique reste, sans dire qui : son auteur en est effacé avec son compte."),
        within="scenarios.Qualification",
    )
)
boards.endings.add(
    boards.Ending(
        ("scenarios.Report", "scenarios.Case"),
        _("Six mois après la décision, elle s’efface avec les signalements."),
        by="scenarios.drop_cases",
    )
)
boards.endings.add(
    boards.Ending(
        ("scenarios.Version", "scenarios.Author"),
        _(
            "Elles partent avec le scénario de leur auteur ; une version publiée reste, signée comme il l’a choisi."
        ),
        within="scenarios.Scenario",
    )
)

# How people read it.
for words in [
    boards.InWords("scenarios", boards.Section.WORK),
    boards.InWords("scenarios.Scenario", sentence=("%(title)s",), quiet=frozenset({"origin"})),
    boards.InWords("scenarios.Version", sentence=("%(title)s",), quiet=frozenset({"signatures"})),
]:
    boards.data_in_words.add(words)
