"""Copies of one's data that a task makes: their files, and what is kept of them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.commons.privacy import tasks
from preau.commons.privacy.actions import copies as actions
from preau.commons.privacy.models import DataCopy
from preau.commons.privacy.queries.taken import copy_files, copy_of_file
from preau.directory.viewer import Viewer
from preau.foundation import boards, filework, journal
from preau.foundation.boards import FieldClass, PersonalData, Retention
from preau.foundation.readers import Readers, own

filework.file_asked.connect(tasks.enqueue_copy, sender=DataCopy, dispatch_uid="privacy.copy")
boards.journal_words.add(boards.JournalWord("privacy.copy_asked", _("Copie des données demandée")))


def taken(viewer: Viewer, file: Any) -> None:
    """Whoever takes a copy away leaves a line, as they do for one that is made at once."""
    copy = copy_of_file(viewer, file.pk)
    if copy:
        journal.record(viewer, "privacy.data_exported", copy, subject_id=copy.subject_id)


boards.file_owners.add(boards.FileOwner("privacy.DataCopy", "file", copy_files, outlives=True, read=taken))


boards.personal_data.add(
    PersonalData(
        label=_("Copies de données demandées"),
        model="privacy.DataCopy",
        person="subject",
        purpose=_("Donner à une personne la copie de ce qui est gardé sur elle, ou sur son enfant."),
        legal_basis=_("Obligation légale (RGPD, articles 6.1.c, 15 et 20)."),
        readers=Readers(own("asked_by"), own("asked_by")),
        keep=Retention.MONTH,
        fields=dict.fromkeys(["subject", "asked_by", "asked_at", "expires_on"], FieldClass.PERSONAL)
        | dict.fromkeys(["school", "seat", "state", "file"], FieldClass.NONE),
        forget=actions.forget_copies,
    )
)
boards.endings.add(
    boards.Ending(
        ("privacy.DataCopy",), _("Une copie, pour qui l’a demandée, sept jours."), by="privacy.every_night"
    )
)
