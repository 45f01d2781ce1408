"""Where marks show: the service, its menu, and who may be given the reading of every class."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.directory.boards import Power, powers
from preau.directory.words import Role
from preau.domains.gradebook import rules, seeds, tasks
from preau.domains.gradebook.models import MARKS
from preau.foundation import boards

KEY = "gradebook"


def book_of(group: int) -> str:
    """The grid of a class or a group."""
    return reverse("gradebook:grid", kwargs={"pk": group})


boards.services.add(
    boards.Service(
        KEY,
        _("Notes"),
        text=_("Les évaluations, les notes et les moyennes, vues des élèves puis des familles."),
        namespaces=("gradebook",),
        order=27,
    )
)
boards.menu.add(
    boards.MenuEntry(_("Notes"), "gradebook:index", "chart-bar", rules.reads_grid, order=27, service=KEY)
)
boards.schedule.add(boards.Scheduled("gradebook.tell_published", tasks.tell_published, every_minutes=10))
boards.seeds.add(boards.Seed("notes", seeds.plant, order=45))
boards.settings_pages.add(
    boards.SettingsPage(
        _("Notes et moyennes"),
        _("Arrondi, coefficients, sous-matières, et quand les familles voient les notes."),
        "gradebook:settings",
        "chart-bar",
        rules.settles_marks,
        order=62,
    )
)
boards.group_links.add(
    boards.GroupLink(_("Notes"), book_of, "chart-bar", rules.reads_book, order=25, service=KEY)
)
for step in [
    boards.FirstStep(
        _("Saisir des notes"),
        _("Créez une évaluation : elle devient une colonne, que vous remplissez ou collez."),
        "gradebook:index", rules.keeps_marks, order=30, service=KEY,
    ),
    boards.FirstStep(
        _("Régler les moyennes"),
        _("Arrondi, coefficients et sous-matières de l’établissement."),
        "gradebook:settings", rules.settles_marks, order=45, service=KEY,
    ),
]:  # fmt: skip
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
