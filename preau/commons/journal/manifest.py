"""The journal takes its post as keeper, and says what it holds about people."""

from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.commons.journal import actions, queries, rules, tasks
from preau.commons.journal.models import Extract, lines_read
from preau.directory.queries.terms import SINCE
from preau.directory.viewer import Viewer
from preau.directory.words import Role, said_of_seat
from preau.foundation import boards, filework, journal, readonly
from preau.foundation.boards import FieldClass, PersonalData, Retention
from preau.foundation.readers import Readers, Rows, with_guardians

journal.kept_by(actions.keep)
# A page that only shows may leave the line that says who read it.
readonly.WRITABLE.add("journal_line")
boards.schedule.add(boards.Scheduled("journal.seal", tasks.seal_journal, every_minutes=60))
boards.settings_pages.add(
    boards.SettingsPage(
        _("Journal des changements"),
        _("Qui a changé quoi dans ces réglages, et quand."),
        "journal:changes",
        "history",
        rules.reads_journal,
        order=90,
        heading=boards.SettingsHeading.DATA,
        words=_("historique"),
    )
)
boards.settings_pages.add(
    boards.SettingsPage(
        _("Journal"),
        _("Qui a ouvert ou changé quoi dans l’établissement, et les extraits pour une enquête."),
        "journal:lines",
        "search",
        rules.reads_journal,
        order=91,
        heading=boards.SettingsHeading.DATA,
        words=_("traces historique"),
    )
)
filework.file_asked.connect(tasks.enqueue_extract, sender=Extract, dispatch_uid="journal.extract")
boards.schedule.add(boards.Scheduled("journal.erase_extracts", tasks.erase_extracts, every_minutes=24 * 60))


def opened(viewer: Viewer, file: Any) -> None:
    """Whoever opens an extract takes names out: it leaves its line."""
    person = queries.person_of_file(file.pk)
    journal.record(viewer, "journal.extract_opened", viewer.school, subject_id=person)


boards.file_owners.add(
    boards.FileOwner("journal.Extract", "file", queries.extract_files, outlives=True, read=opened)
)
for verb, label in {
    "journal.lines_read": _("Les lignes du journal au sujet d’une personne"),
    "journal.extract_asked": _("Extrait du journal demandé"),
    "journal.extract_made": _("Extrait du journal préparé"),
    "journal.extract_opened": _("Extrait du journal ouvert"),
    "journal.exported_at_console": _("Extrait du journal pris par l’exploitant"),
}.items():
    boards.journal_words.add(boards.JournalWord(verb, label))
boards.reasons_to_read.add(
    boards.ReasonToRead("journal.lines_read", _("Contrôler qui a lu quoi, ou répondre à une enquête."))
)


WITHOUT_OTHERS = _("sans ce que fait un autre membre de la famille")


def said_of_verb(verb: str) -> str:
    return str(actions.word_of(verb).label)


boards.personal_data.add(
    PersonalData(
        label=_("Journal des actions et des consultations"),
        model="journal.Line",
        person="subject",
        purpose=_("Savoir qui a fait ou consulté quoi, et le montrer à la personne concernée."),
        legal_basis=_("Mission d’intérêt public et obligation de sécurité (RGPD, articles 6.1.e et 32)."),
        readers=Readers(
            Rows(partial(lines_read, "subject"), WITHOUT_OTHERS),
            Rows(partial(lines_read, "guardian"), WITHOUT_OTHERS),
            (Role.HEAD,),
        ),
        keep=Retention.JOURNAL,
        says={"verb": said_of_verb, "acting_as": said_of_seat},
        fields={
            "at": FieldClass.PERSONAL,
            "verb": FieldClass.PERSONAL,
            "actor": FieldClass.PERSONAL,
            "acting_as": FieldClass.PERSONAL,
            "school": FieldClass.PERSONAL,
            "target": FieldClass.NONE,
            "target_id": FieldClass.NONE,
            "subject": FieldClass.CHILD,
            "is_read": FieldClass.NONE,
            "details": FieldClass.CHILD,
            "seal": FieldClass.NONE,
        },
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Extraits du journal"),
        model="journal.Extract",
        person="person",
        purpose=_("Savoir qui a fait ou consulté quoi, et le montrer à la personne concernée."),
        legal_basis=_("Mission d’intérêt public et obligation de sécurité (RGPD, articles 6.1.e et 32)."),
        readers=with_guardians(Role.HEAD, others=(_("ceux à qui la direction remet l’extrait"),)),
        keep=Retention.MONTH,
        fields=dict.fromkeys(["asked_by", "asked_at", "person", "side", "first", "last"], FieldClass.PERSONAL)
        | dict.fromkeys(
            ["school", "seat", "verb", "kind", "shape", "state", "rows", "file", "sha256", "expires_on"],
            FieldClass.NONE,
        ),
        forget=actions.forget_extracts,
    )
)

boards.terms.add(
    boards.Term(
        "journal.lines",
        _("Journal des actions et des consultations"),
        keep=Retention.JOURNAL,
        model="journal.Line",
        when="at",
        since=SINCE,
        due=queries.lines_due,
        erase=actions.erase_lines,
        order=95,
        text=_(
            "Effacé trois ans après, sceau par sceau. L’empreinte de chaque sceau reste : le journal se vérifie toujours."
        ),
        # A seal goes whole: all of it stays with the line of somebody whose file is held.
        people=("seal__lines__subject", "seal__lines__actor"),
        offers=("journal:lines", _("Faire un extrait du journal")),
    )
)
boards.endings.add(
    boards.Ending(
        ("journal.Extract",), _("Une copie, pour l’enquête qui l’a demandée."), by="journal.erase_extracts"
    )
)

# How people read it.
for words in [
    boards.InWords("journal.Line", when="at", sentence=("%(verb)s", "(%(acting_as)s)")),
]:
    boards.data_in_words.add(words)
