"""The journal takes its post as keeper, and says what it holds about people."""

from preau.commons.journal import actions, tasks
from preau.foundation import boards, journal, readonly
from preau.foundation.boards import FieldClass, PersonalData, Retention

journal.kept_by(actions.keep)
# A page that only shows may leave the line that says who read it.
readonly.WRITABLE.add("journal_line")
boards.schedule.add(boards.Scheduled("journal.seal", tasks.seal_journal, every_minutes=60))
boards.personal_data.add(
    PersonalData(
        label="Journal des actions et des consultations",
        model="journal.Line",
        person="subject",
        purpose="Savoir qui a fait ou consulté quoi, et le montrer à la personne concernée.",
        legal_basis="Mission d’intérêt public et obligation de sécurité (RGPD, articles 6.1.e et 32).",
        recipients="La personne concernée, la direction de l’établissement.",
        keep=Retention.JOURNAL,
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
