"""The platform for whoever runs it: its place in the menu, the count of each night, what it holds."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.commons.platform import queries, rules, seeds, tasks
from preau.directory.viewer import Viewer
from preau.foundation import boards
from preau.foundation.boards import FieldClass, PersonalData, Retention
from preau.foundation.readers import NO_ROW, Readers

boards.schedule.add(boards.Scheduled("platform.count_schools", tasks.count_schools, every_minutes=24 * 60))
boards.seeds.add(boards.Seed("plateforme", seeds.plant, order=90))
boards.menu.add(
    boards.MenuEntry(_("Plateforme"), "platform:schools", "building", rules.operates, order=20, main=True)
)


def home_card(viewer: Viewer) -> Mapping[str, Any]:
    """How many schools one runs, and those that wait for something."""
    counts = queries.to_watch(viewer)
    watched = [(key, label, counts[key]) for key, label in queries.WATCHED.items() if counts[key]]
    return {"schools": counts["all"], "watched": watched}


boards.cards.add(boards.Card("platform/_home.html", home_card, rules.operates, order=5))
boards.journal_words.add(
    boards.JournalWord("platform.schools_exported", _("Liste des établissements exportée"), names_nobody=True)
)
boards.personal_data.add(
    PersonalData(
        label=_("Effectifs des établissements"),
        model="platform.Figures",
        person="",
        purpose=_("Dire à qui exploite la plateforme combien d’établissements et de personnes elle sert."),
        legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
        readers=Readers(NO_ROW, NO_ROW, others=(_("les exploitants de la plateforme"),)),
        keep=Retention.ACCOUNT,
        fields=dict.fromkeys(
            ["school", "pupils", "staff", "guardians", "opened", "keys", "delivered_at", "counted_at"],
            FieldClass.NONE,
        ),
    )
)
boards.first_steps.add(
    boards.FirstStep(
        _("Regarder vos établissements"),
        _("Leurs effectifs, leurs comptes ouverts, leurs livraisons, et ceux qui attendent quelque chose."),
        "platform:schools",
        rules.operates,
        order=20,
    )
)

boards.endings.add(
    boards.Ending(
        ("platform.Figures",),
        _("Des nombres de la nuit, à la place de ceux de la veille : aucun ne parle de quelqu’un."),
    )
)
