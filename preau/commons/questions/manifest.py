"""What the room holds about people. Its pages are those of the houses that ask."""

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.commons.questions import actions
from preau.commons.questions.models import Response
from preau.directory.models import Person
from preau.directory.queries.terms import SINCE, by_year
from preau.directory.rules.authority import eighteen_years_before
from preau.directory.words import Role
from preau.foundation import boards
from preau.foundation.boards import Concerned, FieldClass, PersonalData, Retention, Term
from preau.foundation.readers import NO_ROW, Readers, Rows, on_themselves

COMMON: dict[str, Any] = dict(
    purpose=_("Poser des questions aux familles, aux élèves et aux personnels, et lire leurs réponses."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    keep=Retention.YEAR_PLUS_ONE,
)
ANYBODY = (Concerned.GUARDIANS, Concerned.PUPILS, Concerned.STAFF)
NONE, PERSONAL = FieldClass.NONE, FieldClass.PERSONAL


def _responses_read(person_id: int) -> Q:
    """What one answered; of what others sent about oneself, all from eighteen. A draft is its author's alone, and until eighteen
    what each guardian answers is theirs."""
    today = timezone.localdate()
    of_age = Person.objects.filter(pk=person_id, birth_date__lte=eighteen_years_before(today))
    about = Q(subject=person_id, subject__in=of_age) & ~Q(state=Response.State.DRAFT)
    return Q(respondent=person_id) | about


boards.personal_data.add(
    PersonalData(
        _("Questionnaires préparés"),
        "questions.Questionnaire",
        "made_by",
        fields=dict.fromkeys("school house title number former".split(), NONE)
        | dict.fromkeys(["made_by", "made_at"], PERSONAL),
        readers=on_themselves(Role.HEAD, others=(_("ceux à qui les questions sont posées"),)),
        people={"made_by": (Concerned.STAFF,)},
        **COMMON,
    )
)
boards.personal_data.add(
    PersonalData(
        _("Questions des questionnaires préparés"),
        "questions.Question",
        "questionnaire__made_by",
        fields=dict.fromkeys(
            "questionnaire place kind hint is_required choices lowest highest only_if only_if_answer".split(),
            NONE,
        )
        | {"label": PERSONAL},
        readers=on_themselves(Role.HEAD, others=(_("ceux à qui les questions sont posées"),)),
        people={"made_by": (Concerned.STAFF,)},
        **COMMON,
    )
)
boards.personal_data.add(
    PersonalData(
        _("Réponses aux questions d’un service"),
        "questions.Response",
        "respondent",
        fields={"digest": NONE}
        | dict.fromkeys(
            "questionnaire subject respondent noted_by state answers written_at".split(), PERSONAL
        ),
        readers=Readers(
            Rows(_responses_read, _("ses réponses, et dès la majorité celles qui ont été envoyées sur soi")),
            NO_ROW,
            (_("qui a posé les questions"), Role.HEAD),
        ),
        about=("subject",),
        forget=actions.forget,
        people={"noted_by": (Concerned.STAFF,), "respondent": ANYBODY, "subject": ANYBODY},
        **COMMON,
    )
)
boards.terms.add(
    Term(
        "questions.questionnaires",
        _("Questionnaires et réponses"),
        keep=Retention.YEAR_PLUS_ONE,
        model="questions.Questionnaire",
        when="made_at",
        since=SINCE,
        text=_("Effacé à la fin de l’année scolaire qui suit."),
        due=by_year("questions.Questionnaire", "made_at"),
        people=("made_by", "responses__respondent", "responses__subject"),
        with_it=("questions.Question", "questions.Response"),
        order=32,
    )
)
for words in [
    boards.InWords("questions", boards.Section.SCHOOL_LIFE),
    boards.InWords(
        "questions.Response",
        when="written_at",
        sentence=(_("Réponse au questionnaire « %(questionnaire)s »"),),
    ),
    boards.InWords("questions.Question", when=""),
    boards.InWords("questions.Questionnaire", when="made_at", names=lambda row: row.title),
]:
    boards.data_in_words.add(words)
