"""The journal takes its post as keeper, and says what it holds about people."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.commons.journal import actions, rules, tasks
from preau.directory.words import Profile
from preau.foundation import boards, journal, readonly
from preau.foundation.boards import FieldClass, PersonalData, Retention

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
    )
)


def not_of_another_guardian(guardian_id: int) -> Q:
    """Of what is written about a child, a guardian reads what the school did and what they did themselves."""
    return ~Q(acting_as="guardian") | Q(actor=guardian_id)


def said_of_verb(verb: str) -> str:
    return str(actions.word_of(verb).label)


def said_of_seat(key: str) -> str:
    """In which profile somebody acted: the keys are those of a seat, a profile and its school's number."""
    return str(Profile(key.partition("-")[0]).label)


boards.personal_data.add(
    PersonalData(
        label=_("Journal des actions et des consultations"),
        model="journal.Line",
        person="subject",
        purpose=_("Savoir qui a fait ou consulté quoi, et le montrer à la personne concernée."),
        legal_basis=_("Mission d’intérêt public et obligation de sécurité (RGPD, articles 6.1.e et 32)."),
        recipients=_("La personne concernée, la direction de l’établissement."),
        keep=Retention.JOURNAL,
        shared=not_of_another_guardian,
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
