"""Where marks show: the service, its menu, and who may be given the reading of every class."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.directory.boards import Power, powers, roster_files
from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.gradebook import seeds, tasks
from preau.domains.gradebook.exports import roster
from preau.domains.gradebook.imports.importer import MARKS_FILES
from preau.domains.gradebook.models import MARKS
from preau.domains.gradebook.queries import coming
from preau.domains.gradebook.rules import access
from preau.foundation import boards
from preau.foundation.importers.boards import importers

KEY = "gradebook"
MOST_WAITING = 4


def book_of(group: int) -> str:
    """The grid of a class or a group."""
    return reverse("gradebook:grid", kwargs={"pk": group})


def waiting_card(viewer: Viewer) -> Mapping[str, Any] | None:
    """What a teacher has to mark or to publish."""
    rows = coming.waiting_of(viewer)
    return {"rows": rows[:MOST_WAITING], "total": len(rows), "today": viewer.today} if rows else None


def marks_or_follows(viewer: Viewer) -> bool:
    """Those who have assessments of their own."""
    return access.keeps_marks(viewer) or access.follows_marks(viewer)


boards.services.add(
    boards.Service(
        KEY,
        _("Notes"),
        text=_("Les évaluations, les notes et les moyennes, vues des élèves puis des familles."),
        namespaces=("gradebook",),
        # No marks in a primary school: it says what a pupil knows in words.
        kinds=frozenset({School.Kind.COLLEGE, School.Kind.LYCEE, School.Kind.OTHER}),
        order=27,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Notes"), "gradebook:index", "chart-bar", access.reads_grid, order=27, service=KEY, main=True
    )
)
boards.schedule.add(boards.Scheduled("gradebook.tell_published", tasks.tell_published, every_minutes=10))
boards.seeds.add(boards.Seed("notes", seeds.plant, order=45))
boards.cards.add(
    boards.Card("gradebook/_waiting.html", waiting_card, access.keeps_marks, "main", 27, service=KEY)
)
boards.agenda.add(boards.AgendaSource(KEY, coming.agenda_of, marks_or_follows, order=27, service=KEY))
boards.search.add(
    boards.SearchSource(
        _("Évaluations"),
        "chart-bar",
        coming.found_assessments,
        marks_or_follows,
        letters=3,
        order=62,
        service=KEY,
    )
)
boards.settings_pages.add(
    boards.SettingsPage(
        _("Notes et moyennes"),
        _("Arrondi, coefficients, sous-matières, et quand les familles voient les notes."),
        "gradebook:settings",
        "chart-bar",
        access.settles_marks,
        order=62,
        heading=boards.SettingsHeading.DAILY,
        words=_("bulletin trimestre"),
    )
)
boards.group_links.add(
    boards.GroupLink(_("Notes"), book_of, "chart-bar", access.reads_book, order=25, service=KEY)
)
for step in [
    boards.FirstStep(
        _("Saisir des notes"),
        _("Créez une évaluation : elle devient une colonne, que vous remplissez ou collez."),
        "gradebook:index",
        access.keeps_marks,
        order=30,
        service=KEY,
    ),
]:
    boards.first_steps.add(step)
powers.add(
    Power(
        MARKS,
        _("Lire les notes"),
        _("Les notes publiées et les moyennes de toutes les classes. Ni les brouillons, ni la saisie."),
        "gradebook:index",
        frozenset({Role.HEAD, Role.SCHOOL_LIFE}),
        verbs=frozenset({"gradebook.class_read", "gradebook.exported", "gradebook.marks_read"}),
        order=36,
    )
)
for file in roster.FILES:
    roster_files.add(file)
importers.add(MARKS_FILES)
