"""What the store of files says of itself: what it holds about people, its nightly work, its words in the journal."""

from django.utils.translation import gettext_lazy as _

from preau.commons.files import actions, queries, rules, tasks
from preau.commons.files.queries import kept
from preau.foundation import boards
from preau.foundation.boards import FieldClass, PersonalData, Retention
from preau.foundation.readers import on_themselves
from preau.foundation.text import weight

boards.schedule.add(boards.Scheduled("files.sweep", tasks.sweep, every_minutes=24 * 60))
boards.schedule.add(boards.Scheduled("files.check_held", tasks.check_held, every_minutes=5))
boards.kept_files.add(boards.KeptFiles("files", kept.kept))
boards.personal_data.add(
    PersonalData(
        label=_("Fichiers envoyés"),
        model="files.StoredFile",
        person="kept_by",
        purpose=_(
            "Garder ce qu’une personne joint à ce qu’elle écrit ou rend, et le donner à qui doit le lire."
        ),
        legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
        readers=on_themselves(
            _("qui voit ce à quoi le fichier est joint"),
            others=(_("les élèves et les familles qui le voient aussi"),),
        ),
        keep=Retention.YEAR_PLUS_ONE,
        fields=dict.fromkeys(
            ["school", "public_id", "size", "kind", "state", "kept_by", "kept_at"], FieldClass.PERSONAL
        )
        | {"name": FieldClass.SENSITIVE}
        | dict.fromkeys(["digest", "width", "height"], FieldClass.NONE),
        says={"public_id": queries.address_of, "size": weight, "kind": queries.word_of},
        forget=actions.forget_files,
    )
)
boards.doors.add(
    boards.Door(
        "fichiers",
        _("Fichiers"),
        _("Ouvrir vos fichiers comme un lecteur réseau, et y enregistrer ceux de vos dossiers."),
        rules.has_drive,
        to_pupils=True,
        how="files/_as_a_drive.html",
        most=rules.MOST_REQUESTS,
        order=20,
    )
)
for verb, label in [
    ("files.kept", _("Fichier envoyé")),
    ("files.removed", _("Fichier retiré par l’antivirus")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))

boards.endings.add(
    boards.Ending(
        ("files.StoredFile",),
        _(
            "Un fichier part avec ce qui le montre : plus rien ne le tient, sa ligne, son contenu et sa vignette s’effacent le lendemain."
        ),
        by="files.sweep",
    )
)

# How people read it.
for words in [
    boards.InWords("files", boards.Section.WORK),
    boards.InWords(
        "files.StoredFile",
        when="kept_at",
        sentence=("%(name)s", "%(size)s"),
        quiet=frozenset({"kind", "state"}),
    ),
]:
    boards.data_in_words.add(words)
