"""What spaces show to the rest of the platform."""

from django.utils.translation import gettext_lazy as _

from preau.domains.spaces import rules, seeds, tasks
from preau.domains.spaces.actions import announcing
from preau.domains.spaces.queries import lists
from preau.foundation import boards

KEY = "spaces"
announcing.announced.connect(tasks.enqueue_telling, dispatch_uid="spaces.telling")
boards.services.add(
    boards.Service(
        KEY,
        _("Espaces"),
        text=_(
            "L’espace de chaque classe et de chaque enseignement, les projets, les questions aux professeurs, le portfolio."
        ),
        namespaces=("spaces",),
        order=26,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Espaces"), "spaces:spaces", "users", rules.enters_spaces, "lessons", order=28, service=KEY
    )
)
boards.seeds.add(boards.Seed("espaces", seeds.plant, order=98))
for key, task, minutes in [
    ("spaces.gather", tasks.gather, 60),
    ("spaces.tell_questions", tasks.tell_questions, 10),
    ("spaces.age", tasks.age, 24 * 60),
]:
    boards.schedule.add(boards.Scheduled(key, task, every_minutes=minutes))
boards.uses.add(
    boards.Use(_("Mettre dans un espace"), "spaces:put", "users", rules.enters_spaces, order=15, service=KEY)
)
boards.search.add(
    boards.SearchSource(
        _("Espaces"), "users", lists.spaces_found, rules.enters_spaces, letters=2, order=56, service=KEY
    )
)
