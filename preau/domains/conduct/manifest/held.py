"""What conduct holds of people: why, for how long, and who reads which words of it in « Mes données »."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.words import Role
from preau.domains.conduct.actions import engagements, incidents, punitions, sanctions
from preau.foundation import boards
from preau.foundation.boards import Concerned, FieldClass, PersonalData, Retention
from preau.foundation.readers import EVERY_ROW, Readers, on_themselves, once, own, with_guardians

NONE, PERSONAL, CHILD, SENSITIVE = (
    FieldClass.NONE,
    FieldClass.PERSONAL,
    FieldClass.CHILD,
    FieldClass.SENSITIVE,
)
EDUCATING: dict[str, Any] = dict(
    purpose=_(
        "Savoir ce qui s’est passé, y répondre par des mesures éducatives, et en tenir les familles informées."
    ),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    readers=with_guardians(Role.SCHOOL_LIFE, Role.HEAD, _("qui a signalé ou donné")),
    keep=Retention.YEAR_PLUS_ONE,
)
JUDGING: dict[str, Any] = dict(
    purpose=_(
        "Mener une procédure disciplinaire dans le respect des droits de l’élève, et exécuter la décision."
    ),
    legal_basis=_(
        "Obligation légale (RGPD, article 6.1.c ; Code de l’éducation, articles R. 421-10-1 et R. 511-13)."
    ),
    readers=with_guardians(Role.HEAD, Role.SCHOOL_LIFE),
    keep=Retention.SANCTION,
)


# Of a child's part in an incident, the child and the family hold what the school wrote to them.
KNOWN = once(Q(told_at__isnull=False), _("une fois que l’établissement l’a écrit à la famille"))
ONCE_THE_FAMILY_KNOWS = Readers(KNOWN, KNOWN, (Role.SCHOOL_LIFE, Role.HEAD, _("qui a signalé")))
OF_STAFF: dict[str, Any] = {
    "readers": on_themselves(Role.SCHOOL_LIFE, Role.HEAD, _("qui a signalé ou donné"))
}


def add(label: Any, model: str, person: str, fields: dict[str, FieldClass], **more: Any) -> None:
    boards.personal_data.add(PersonalData(label, f"conduct.{model}", person, fields=fields, **more))


add(
    _("Incidents signalés"),
    "Incident",
    "reported_by",
    {"school": NONE, "revision": NONE, "sent_as": NONE}
    | dict.fromkeys(["day", "hour", "place", "kind", "facts"], SENSITIVE)
    | dict.fromkeys(["reported_by", "reported_at", "state"], PERSONAL),
    # The facts may name children: whoever reported them reads them on their page, as long as they work here.
    withheld=frozenset({"facts"}),
    **EDUCATING | OF_STAFF,
)
add(
    _("Part dans un incident"),
    "Involvement",
    "person",
    {
        "school": NONE,
        "incident": NONE,
        "person": CHILD,
        "part": SENSITIVE,
        "for_family": SENSITIVE,
        "told_at": CHILD,
    },
    # An incident may be one in which another child was hurt: the school says who was what, at its office.
    withheld=frozenset({"part"}),
    forget=incidents.forget_incidents,
    **EDUCATING | {"readers": ONCE_THE_FAMILY_KNOWS},
    people={"person": (Concerned.PUPILS, Concerned.STAFF)},
)
add(
    _("Étapes d’un incident"),
    "IncidentStep",
    "by",
    {"school": NONE, "incident": NONE, "gesture": PERSONAL, "before": SENSITIVE, "note": SENSITIVE}
    | {"by": PERSONAL, "at": PERSONAL},
    withheld=frozenset({"before", "note"}),
    **EDUCATING | OF_STAFF,
    people={"by": (Concerned.STAFF,)},
)
add(
    _("Punitions"),
    "Punition",
    "pupil",
    {"school": NONE, "incident": NONE, "sent_as": NONE, "pupil": CHILD}
    | dict.fromkeys(["kind", "day", "reason", "work", "due", "state", "why_cancelled"], SENSITIVE)
    | dict.fromkeys(["given_by", "given_at", "ended_by", "ended_at"], PERSONAL),
    forget=punitions.forget_punitions,
    **EDUCATING,
    people={"given_by": (Concerned.STAFF,)},
)
add(
    _("Punitions vues par un responsable"),
    "Acknowledgement",
    "by",
    {"school": NONE, "punition": NONE, "by": PERSONAL, "at": PERSONAL},
    forget=punitions.forget_acknowledgements,
    **EDUCATING
    | {"readers": Readers(EVERY_ROW, own("by"), (Role.SCHOOL_LIFE, Role.HEAD, _("qui a donné la punition")))},
    people={"by": (Concerned.GUARDIANS,)},
)
add(
    _("Retenues"),
    "Detention",
    "punition__pupil",
    {"school": NONE, "punition": NONE, "slot": CHILD, "state": SENSITIVE}
    | dict.fromkeys(["placed_by", "noted_by", "noted_at"], PERSONAL),
    **EDUCATING,
)
add(
    _("Créneaux de retenue surveillés"),
    "Slot",
    "supervisor",
    {"school": NONE, "places": NONE, "room": NONE}
    | dict.fromkeys(["day", "starts", "ends", "supervisor", "opened_by"], PERSONAL),
    **EDUCATING | OF_STAFF,
)
add(
    _("Procédures et sanctions"),
    "Sanction",
    "pupil",
    {"school": NONE, "incident": NONE, "register_line": NONE, "sent_as": NONE, "pupil": CHILD}
    | dict.fromkeys(
        [
            "authority",
            "facts",
            "told_on",
            "defend_until",
            "state",
            "kind",
            "grounds",
            "pronounced_on",
            "starts",
            "ends",
            "suspended_until",
            "kept_until",
        ],
        SENSITIVE,
    )
    | dict.fromkeys(["opened_by", "pronounced_by"], PERSONAL),
    forget=sanctions.forget_sanctions,
    **JUDGING,
)
add(
    _("Observations sur une procédure"),
    "Observation",
    "by",
    {"school": NONE, "sanction": NONE, "by": PERSONAL, "text": SENSITIVE, "at": PERSONAL},
    forget=sanctions.forget_observations,
    **JUDGING | {"readers": Readers(EVERY_ROW, own("by"), (Role.HEAD, Role.SCHOOL_LIFE))},
    people={"by": (Concerned.PUPILS, Concerned.GUARDIANS)},
)
add(
    _("Mesures de responsabilisation"),
    "Responsibility",
    "sanction__pupil",
    {"school": NONE, "sanction": NONE}
    | dict.fromkeys(
        [
            "host",
            "is_outside",
            "task",
            "hours",
            "signed_on",
            "pupil_agreed_on",
            "guardian_agreed_on",
            "state",
        ],
        SENSITIVE,
    ),
    **JUDGING,
)
add(
    _("Contrats d’objectifs"),
    "Contract",
    "pupil",
    {"school": NONE, "sent_as": NONE, "pupil": CHILD, "opened_by": PERSONAL}
    | dict.fromkeys(["goals", "help", "starts", "ends", "state", "outcome"], SENSITIVE),
    forget=engagements.forget_contracts,
    **EDUCATING,
)
add(
    _("Semaines d’un contrat"),
    "ContractWeek",
    "contract__pupil",
    {"school": NONE, "contract": NONE, "monday": CHILD, "how": SENSITIVE, "note": SENSITIVE}
    | {"noted_by": PERSONAL, "noted_at": PERSONAL},
    **EDUCATING,
)

boards.endings.add(
    boards.Ending(
        (
            "conduct.Incident",
            "conduct.Involvement",
            "conduct.IncidentStep",
            "conduct.Punition",
            "conduct.Acknowledgement",
            "conduct.Detention",
            "conduct.Slot",
            "conduct.Contract",
            "conduct.ContractWeek",
            "conduct.Sanction",
            "conduct.Observation",
            "conduct.Responsibility",
        ),
        _(
            "Ce qui est reproché à un élève s’efface le jour dit, sans que personne ait à le vouloir : l’article R. 511-13 le veut pour "
            "les sanctions, et le reste ne dure pas plus longtemps."
        ),
        by="conduct.erase_at_term",
    )
)
