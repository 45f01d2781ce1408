"""Requests: the power to answer, the menu, what is told, what is kept, what comes back."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.commons.privacy import rules, seeds, tasks
from preau.commons.privacy.actions import keeping
from preau.commons.privacy.models import RIGHTS, DataRequest
from preau.commons.privacy.queries import requests
from preau.directory.boards import Power, powers
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import boards
from preau.foundation.boards import (
    Concerned,
    FieldClass,
    JournalWord,
    MenuEntry,
    NotificationKind,
    Pace,
    PersonalData,
    Retention,
    SitePage,
)
from preau.foundation.readers import Readers, own

NONE, PERSONAL = FieldClass.NONE, FieldClass.PERSONAL
VERBS = [
    ("privacy.request_read", _("Une demande sur des données")),
    ("privacy.request_taken", _("Demande sur des données prise en charge")),
    ("privacy.request_prolonged", _("Délai d’une demande sur des données prolongé")),
    ("privacy.request_line_answered", _("Réponse à une ligne d’une demande écrite")),
    ("privacy.request_answered", _("Réponse à une demande sur des données donnée")),
    ("privacy.request_answer_taken_back", _("Réponse à une demande reprise avant son envoi")),
    ("privacy.request_erasure_applied", _("Données effacées par l’établissement")),
]
# What was erased is a fact about the person; what somebody asked is theirs.
OF_THE_PERSON = "privacy.request_erasure_applied"

powers.add(
    Power(
        RIGHTS,
        _("Répondre aux demandes sur les données"),
        _(
            "Lire les demandes de correction, d’effacement ou d’opposition, et y répondre. Ni le dossier des élèves, ni l’annuaire."
        ),
        "privacy:queue",
        frozenset({Role.HEAD}),
        about_pupils=False,
        verbs=frozenset(verb for verb, _label in VERBS),
        order=45,
    )
)
boards.menu.add(
    MenuEntry(
        _("Demandes sur les données"),
        "privacy:queue",
        "shield-lock",
        rules.answers_requests,
        "administration",
        order=58,
    )
)


def waiting_card(viewer: Viewer, waiting: int, late: int) -> Mapping[str, Any] | None:
    """The requests that wait for whoever answers them, the nearest day first; when one is late, `late_card` says so."""
    return _waiting(viewer, waiting, requests.waiting_for(viewer)) if waiting and not late else None


def late_card(viewer: Viewer, waiting: int, late: int) -> Mapping[str, Any] | None:
    """Those that should have been answered, before all that is not late; a link leads to the others."""
    if not late:
        return None
    return _waiting(viewer, waiting, [row for row in requests.waiting_for(viewer) if row.due < viewer.today])


def _waiting(viewer: Viewer, waiting: int, rows: list[DataRequest]) -> Mapping[str, Any]:
    return {"requests": rows, "waiting": waiting, "today": viewer.today}


for content, order in [(late_card, 3), (waiting_card, 9)]:
    boards.cards.add(
        boards.Card(
            "privacy/_waiting.html",
            content,
            rules.answers_requests,
            order=order,
            counters=(requests.number_waiting, requests.number_late),
        )
    )
boards.schedule.add(boards.Scheduled("privacy.tell_answers", tasks.tell_answers, every_minutes=5))
boards.schedule.add(boards.Scheduled("privacy.every_night", tasks.every_night, every_minutes=24 * 60))
boards.seeds.add(boards.Seed("demandes sur les données", seeds.plant, order=97))

for verb, label in [
    ("privacy.request_sent", _("Demande sur des données envoyée")),
    ("privacy.request_changed", _("Demande sur des données changée")),
    ("privacy.request_withdrawn", _("Demande sur des données retirée")),
    ("privacy.request_told", _("Réponse à une demande sur des données envoyée")),
    *VERBS,
]:
    boards.journal_words.add(JournalWord(verb, label))
boards.reasons_to_read.add(
    boards.ReasonToRead("privacy.request_read", _("Répondre à une demande sur des données."))
)

OWN, TO_ANSWER = _("Vos données"), _("Données personnelles")
ASKED = _("Vous avez demandé quelque chose sur des données : chaque étape vous est dite.")
ANSWERS = _("Vous répondez aux demandes sur les données dans cet établissement.")
for kind in [
    NotificationKind(
        "privacy.request_step",
        _("Votre demande sur des données avance"),
        OWN,
        _("Votre demande avance"),
        _("Votre demande sur des données a avancé (%(school)s). Réponse due le %(day)s."),
        _("Voir la demande"),
        ASKED,
        rules.has_data,
        pace=Pace.AT_ONCE,
        order=70,
    ),
    NotificationKind(
        "privacy.request_answered",
        _("Réponse à votre demande sur des données"),
        OWN,
        _("Une réponse à votre demande"),
        _("L’établissement a répondu à votre demande sur des données (%(school)s)."),
        _("Lire la réponse"),
        ASKED,
        rules.has_data,
        pace=Pace.AT_ONCE,
        can_be_muted=False,
        order=71,
    ),
    NotificationKind(
        "privacy.request_arrived",
        _("Une demande sur des données est arrivée"),
        TO_ANSWER,
        _("Une demande sur des données est arrivée"),
        _("%(what)s : %(who)s (%(school)s). Réponse due le %(day)s."),
        _("Voir la demande"),
        ANSWERS,
        rules.answers_requests,
        pace=Pace.AT_ONCE,
        order=72,
    ),
    NotificationKind(
        "privacy.request_due",
        _("La réponse à une demande est bientôt due"),
        TO_ANSWER,
        _("Une réponse est bientôt due"),
        _("%(what)s : %(who)s (%(school)s). La réponse est due le %(day)s."),
        _("Répondre"),
        ANSWERS,
        rules.answers_requests,
        pace=Pace.AT_ONCE,
        can_be_muted=False,
        order=73,
    ),
]:
    boards.notification_kinds.add(kind)


ANSWERING = (Role.HEAD, _("qui elle charge de répondre"))
BASIS: dict[str, Any] = dict(
    purpose=_(
        "Répondre à qui demande une correction, un effacement ou autre chose sur ses données, et pouvoir le montrer."
    ),
    legal_basis=_("Obligation légale (RGPD, articles 6.1.c, 12 et 15 à 22)."),
    keep=Retention.REQUEST,
)
boards.personal_data.add(
    PersonalData(
        label=_("Demandes sur des données"),
        model="privacy.DataRequest",
        person="subject",
        fields={"school": NONE}
        | dict.fromkeys(
            [
                "subject",
                "asked_by",
                "asked_at",
                "due",
                "state",
                "taken_by",
                "taken_at",
                "prolonged_at",
                "prolonged_why",
                "answered_by",
                "answered_at",
                "told_to",
                "told_at",
                "withdrawn_at",
            ],
            PERSONAL,
        ),
        forget=keeping.forget_requests,
        readers=Readers(own("asked_by", "told_to"), own("asked_by"), ANSWERING),
        field_readers={"prolonged_why": own("asked_by", "taken_by")},
        **BASIS,
        people={"asked_by": tuple(Concerned), "subject": tuple(Concerned)},
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Lignes de ces demandes"),
        model="privacy.RequestLine",
        person="request__subject",
        fields={"school": NONE, "request": NONE}
        | dict.fromkeys(
            [
                "right",
                "kind",
                "which",
                "wrong",
                "better",
                "outcome",
                "answer",
                "answered_by",
                "answered_at",
                "applied_by",
                "applied_at",
            ],
            PERSONAL,
        ),
        # What is asked belongs to whoever asks; what is answered, to whoever was told, and to who wrote it.
        readers=Readers(own("request__asked_by", "request__told_to"), own("request__asked_by"), ANSWERING),
        field_readers=dict.fromkeys(["right", "kind", "which", "wrong", "better"], own("request__asked_by"))
        | dict.fromkeys(["outcome", "answer"], own("request__told_to", "answered_by")),
        says={"kind": requests.kind_said},
        **BASIS,
        people={"subject": tuple(Concerned)},
    )
)

boards.endings.add(
    boards.Ending(
        ("privacy.DataRequest", "privacy.RequestLine"),
        _("La preuve qu’une réponse a été donnée, le temps qu’elle puisse servir."),
        by="privacy.every_night",
    )
)
boards.site_pages.add(
    SitePage(
        _("Mes données"), "privacy:own_data", "shield-lock", rules.has_data, _("RGPD copie personnelles")
    )
)
