"""Where competences show: the service, its menu, the home, the record of a pupil, what is told, what others read."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.competences import api, seeds, tasks
from preau.domains.competences.imports.importer import REFERENTIAL_FILES
from preau.domains.competences.queries import finding, latest, positions
from preau.domains.competences.rules import access
from preau.domains.gradebook.boards import BesideAssessment, Positions, beside_assessments
from preau.domains.gradebook.boards import positions as positions_board
from preau.domains.gradebook.models import Assessment
from preau.foundation import boards
from preau.foundation.boards import NotificationKind, Pace
from preau.foundation.importers.boards import importers

KEY = "competences"


def class_of(group: int) -> str:
    """The competences of a class."""
    return reverse("competences:group", kwargs={"pk": group})


def levels_of(public_id: str) -> str:
    """What a pupil knows."""
    return reverse("competences:pupil", kwargs={"public_id": public_id})


def beside(assessment: Assessment) -> str:
    """The sheet beside the marks of an assessment, or the page that makes it."""
    address = reverse("competences:create", kwargs={"pk": assessment.group_id})
    return f"{address}?evaluation={assessment.pk}"


def last_card(viewer: Viewer) -> Mapping[str, Any] | None:
    """The last levels of a pupil, or of the children of a family."""
    rows = latest.last_levels(viewer)
    return {"rows": rows, "whose": viewer.follows_several, "guardian": viewer.is_guardian} if rows else None


def record_block(viewer: Viewer, pupil: Person) -> Mapping[str, Any] | None:
    """The last levels of a pupil in their record."""
    rows = latest.levels_of_record(viewer, pupil)
    return {"rows": rows} if rows else None


def said_of_block(context: Mapping[str, Any]) -> str:
    """Where it is folded: the last of them."""
    first = context["rows"][0]
    return f"{first.name}, {first.word}"


def whole_of_block(viewer: Viewer, pupil: Person) -> str:
    """What the pupil knows, for whoever reads it all."""
    return levels_of(pupil.public_id)


boards.services.add(
    boards.Service(
        KEY,
        _("Compétences"),
        text=_("Ce que les élèves savent, dans les mots de l’établissement : niveaux, observations, bilans."),
        namespaces=("competences",),
        order=28,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Compétences"),
        "competences:index",
        "star",
        access.reads_classes,
        "school-life",
        order=28,
        service=KEY,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Ce que je sais"), "competences:own", "star", access.follows, "school-life", order=28, service=KEY
    )
)
boards.cards.add(
    boards.Card("competences/_last_levels.html", last_card, access.follows, "main", 18, service=KEY)
)
boards.pupil_links.add(
    boards.PupilLink(_("Compétences"), levels_of, "star", access.reads_every_class, order=21, service=KEY)
)
boards.pupil_facts.add(
    boards.PupilFact(
        "competences.levels",
        _("Compétences"),
        "competences/facts/_levels.html",
        record_block,
        access.reads_latest,
        boards.Column.SCHOOL,
        icon="star",
        summary=said_of_block,
        more_label=_("Tout ce qui est su"),
        more=whole_of_block,
        order=12,
        service=KEY,
    )
)
boards.group_links.add(
    boards.GroupLink(_("Compétences"), class_of, "star", access.reads_class, order=26, service=KEY)
)
boards.settings_pages.add(
    boards.SettingsPage(
        _("Mots et règles des compétences"),
        _("Les quatre niveaux, leurs couleurs, et comment un niveau se déduit."),
        "competences:settings",
        "star",
        access.settles_rules,
        order=63,
        heading=boards.SettingsHeading.DAILY,
        words=_("niveaux maîtrise socle"),
    )
)
boards.site_pages.add(
    boards.SitePage(
        _("Référentiels"),
        "competences:referentials",
        "book",
        access.reads_referentials,
        words=_("socle commun programme"),
        service=KEY,
        order=63,
    )
)
boards.search.add(
    boards.SearchSource(
        _("Compétences"),
        "star",
        finding.found_competences,
        access.finds_competences,
        letters=3,
        order=65,
        service=KEY,
    )
)
boards.public_routes.add(boards.PublicRoute("competences:without_network"))
boards.offline_pages.add(
    boards.OfflinePage(
        "competences:without_network",
        instead_of=r"^/competences/(classes/\d+/observer|sans-reseau)/$",
        # What it shows was kept by the page of the class, when it was opened with a network.
        feed="",
        open_to=access.assesses,
        files=("preau/islands/observe_without_network.js",),
        service=KEY,
    )
)
boards.schedule.add(boards.Scheduled("competences.tell_published", tasks.tell_published, every_minutes=10))
boards.seeds.add(boards.Seed("compétences", seeds.plant, order=47))
boards.notification_kinds.add(
    NotificationKind(
        "competences.published",
        _("Des compétences publiées"),
        _("Compétences"),
        _("Des compétences sont publiées"),
        _("Des niveaux de %(about)s ont été publiés %(day)s (%(school)s)."),
        _("Voir les compétences"),
        _("Vous suivez les compétences de cet élève."),
        access.follows,
        pace=Pace.WEEKLY,
        order=26,
    )
)
boards.doors.add(
    boards.Door(
        "api.competences",
        _("Compétences"),
        _("les niveaux publiés, avec leur évaluation et leur mot."),
        access.follows,
        by=("token",),
        most=1000,
        service=KEY,
        order=33,
    )
)
boards.api.add(boards.ApiPart("competences", api.router, "api.competences", order=33))
for step in [
    boards.FirstStep(
        _("Évaluer des compétences"),
        _("Observez un élève en trois gestes, ou remplissez un relevé au clavier, de 1 à 4."),
        "competences:index",
        access.assesses,
        order=31,
        service=KEY,
    ),
    boards.FirstStep(
        _("Lire ce que l’on sait"),
        _("Chaque niveau s’ouvre : le jour, l’évaluation et ce qui le prouve."),
        "competences:own",
        access.follows,
        order=23,
        service=KEY,
    ),
]:
    boards.first_steps.add(step)
importers.add(REFERENTIAL_FILES)
beside_assessments.add(BesideAssessment(_("Compétences"), beside, "star", service=KEY))
positions_board.add(Positions(KEY, positions.of_period, positions.of_cycle, service=KEY))
