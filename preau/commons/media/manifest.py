"""What media show of themselves: their pages, what they hold about people, their nightly work, their words in the journal."""

from django.utils.translation import gettext_lazy as _

from preau.commons.media import rules, tasks
from preau.commons.media.actions import keeping, sending
from preau.commons.media.queries import kept
from preau.foundation import boards, works
from preau.foundation.boards import FieldClass, PersonalData, Retention
from preau.foundation.readers import on_themselves
from preau.foundation.text import weight

sending.arrived.connect(tasks.enqueue_make, dispatch_uid="media.make")
works.stop_asked.connect(keeping.stop, dispatch_uid="media.stop")
boards.schedule.add(boards.Scheduled("media.sweep", tasks.sweep, every_minutes=24 * 60))
boards.schedule.add(boards.Scheduled("media.check_held", tasks.check_held, every_minutes=5))
boards.kept_files.add(boards.KeptFiles("media", kept.kept))
boards.public_routes.add(boards.PublicRoute("media:bytes"))
boards.menu.add(boards.MenuEntry(_("Médias"), "media:shelf", "movie", rules.may_add, "resources", order=65))
for verb, label in [
    ("media.kept", _("Média envoyé")),
    ("media.described", _("Sous-titres ou texte d’un média changés")),
    ("media.removed", _("Média supprimé")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
BASIS = {
    "purpose": _(
        "Garder ce qu’une personne envoie pour être montré dans des pages, et savoir à qui le dire."
    ),
    "legal_basis": _("Mission d’intérêt public (RGPD, article 6.1.e)."),
    "readers": on_themselves(others=(_("ceux à qui la page est ouverte"),)),
}
boards.personal_data.add(
    PersonalData(
        label=_("Médias envoyés"),
        model="media.Medium",
        person="kept_by",
        keep=Retention.ACCOUNT,
        fields=dict.fromkeys(
            ["name", "kind", "state", "refusal", "size", "kept_by", "kept_at"], FieldClass.PERSONAL
        )
        | dict.fromkeys(
            [
                "public_id",
                "digest",
                "facts",
                "text",
                "language",
                "alternative",
                "captions",
                "silent",
                "transcript",
                "chapters",
                "moved_at",
            ],
            FieldClass.NONE,
        ),
        says={"size": weight},
        forget=keeping.forget_media,
        **BASIS,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Envois de médias en cours"),
        model="media.Upload",
        person="person",
        keep=Retention.MONTH,
        fields=dict.fromkeys(["person", "name", "size", "received", "moved_at"], FieldClass.PERSONAL)
        | dict.fromkeys(["public_id", "modified", "goes_to", "page"], FieldClass.NONE),
        says={"size": weight, "received": weight},
        **BASIS,
    )
)
boards.endings.add(
    boards.Ending(
        ("media.Medium",),
        _(
            "Un média que plus aucune page ne montre part au bout d’un mois, avec ses fichiers ; montré, il reste sans le nom de qui l’a envoyé."
        ),
        by="media.sweep",
    )
)
boards.endings.add(
    boards.Ending(
        ("media.Upload",),
        _("Un envoi interrompu part une semaine après sa dernière partie."),
        by="media.sweep",
    )
)

# How people read it.
for words in [
    boards.InWords("media", boards.Section.WORK),
]:
    boards.data_in_words.add(words)
