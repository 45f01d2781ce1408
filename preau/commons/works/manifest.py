"""Works take their post as keeper, let go of the old ones, and say what they hold about people."""

from django.utils.translation import gettext_lazy as _

from preau.commons.works import actions, tasks
from preau.foundation import boards, works
from preau.foundation.boards import FieldClass, PersonalData, Retention
from preau.foundation.readers import on_themselves
from preau.identity.rules import works_here

works.kept_by(actions)
boards.topics.add(
    boards.Topic("works", lambda viewer, number: None if number else f"works:{viewer.person.pk}")
)
boards.schedule.add(boards.Scheduled("works.purge", tasks.purge, every_minutes=24 * 60))
boards.journal_words.add(boards.JournalWord("works.stopped", _("Travail abandonné")))
boards.personal_data.add(
    PersonalData(
        label=_("Travaux demandés"),
        model="works.Work",
        person="person",
        purpose=_("Montrer à une personne où en est ce qu’elle a demandé, et la laisser l’abandonner."),
        legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
        readers=on_themselves(),
        keep=Retention.MONTH,
        fields=dict.fromkeys(
            [
                "person",
                "school",
                "seat",
                "label",
                "url",
                "state",
                "asked_at",
                "begun_at",
                "ended_at",
                "stop_asked_at",
            ],
            FieldClass.PERSONAL,
        )
        | dict.fromkeys(["key", "can_stop", "step", "done", "total"], FieldClass.NONE),
        forget=actions.forget_works,
    )
)

boards.endings.add(
    boards.Ending(("works.Work",), _("Un travail fini n’est qu’une adresse."), by="works.purge")
)
boards.site_pages.add(
    boards.SitePage(_("Imports et exports"), "works:works", "clock", works_here, _("fichier archive tâche"))
)
