"""Where marks show: the service, its menu, and who may be given the reading of every class."""

from django.utils.translation import gettext_lazy as _

from preau.directory.boards import Power, powers
from preau.directory.words import Role
from preau.domains.gradebook import rules, seeds, tasks
from preau.domains.gradebook.models import MARKS
from preau.foundation import boards

KEY = "gradebook"
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
