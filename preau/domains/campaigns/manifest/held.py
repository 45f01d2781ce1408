"""What campaigns hold of people: why, for how long, and who reads which words of it in « Mes données »."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.directory.words import Role
from preau.domains.campaigns.actions import families, leaving
from preau.foundation import boards
from preau.foundation.boards import Concerned, FieldClass, PersonalData, Retention
from preau.foundation.readers import NO_ROW, Readers, Rows, on_themselves, own

NONE, PERSONAL, CHILD = FieldClass.NONE, FieldClass.PERSONAL, FieldClass.CHILD
BASIS: dict[str, Any] = dict(
    purpose=_("Écrire aux familles au sujet de l’assiduité, et savoir ce qui est arrivé."),
    legal_basis=_("Obligation légale et mission d’intérêt public (RGPD, articles 6.1.c et 6.1.e)."),
    readers=on_themselves(Role.SCHOOL_LIFE, Role.HEAD, others=(_("pour un SMS, l’opérateur"),)),
    keep=Retention.YEAR_PLUS_ONE,
)


# How the school prepares what it sends is no matter of a family; a message is whose it is addressed to.
PREPARING = Readers(NO_ROW, NO_ROW, (Role.SCHOOL_LIFE, Role.HEAD))
ADDRESSED = Readers(
    own("person"), own("person"), (Role.SCHOOL_LIFE, Role.HEAD), (_("pour un SMS, l’opérateur"),)
)

LIVED_AT = Rows(own("person").where, own("person").words, _("l’adresse d’une autre personne"))


def add(label: Any, model: str, person: str, fields: dict[str, FieldClass], **more: Any) -> None:
    boards.personal_data.add(PersonalData(label, f"campaigns.{model}", person, fields=fields, **BASIS | more))


add(
    _("Campagnes préparées"),
    "Campaign",
    "made_by",
    dict.fromkeys(
        [
            "school",
            "kind",
            "since",
            "until",
            "at_least",
            "by_letter",
            "by_mail",
            "by_sms",
            "body",
            "sms",
            "key",
        ],
        NONE,
    )
    | dict.fromkeys(
        ["made_by", "made_at", "confirmed_by", "confirmed_at", "stopped_at", "dropped_at"], PERSONAL
    ),
)
add(
    _("Élèves d’une campagne"),
    "Target",
    "pupil",
    {"school": NONE, "campaign": NONE, "pupil": CHILD, "entries": CHILD},
    readers=PREPARING,
)
add(
    _("Choix avant l’envoi d’une campagne"),
    "Choice",
    "person",
    {"school": NONE, "target": NONE, "person": PERSONAL, "channel": NONE, "wanted": NONE},
    people={"person": (Concerned.GUARDIANS, Concerned.PUPILS)},
)
add(
    _("Messages de la vie scolaire"),
    "Sending",
    "pupil",
    {
        "school": NONE,
        "target": NONE,
        "pupil": CHILD,
        "person": PERSONAL,
        "channel": NONE,
        "to": PERSONAL,
        "text": CHILD,
    }
    | {
        "parts": NONE,
        "sheet": NONE,
        "ref": NONE,
        "number": NONE,
        "state": CHILD,
        "reason": CHILD,
        "tries": NONE,
    }
    | {"made_at": CHILD, "due_at": NONE, "held_until": NONE, "sent_at": CHILD, "ended_at": CHILD},
    withheld=frozenset({"ref", "number", "sheet"}),
    forget=leaving.forget_sendings,
    readers=ADDRESSED,
    people={"person": (Concerned.GUARDIANS, Concerned.PUPILS)},
)
add(
    _("Adresses postales"),
    "PostalAddress",
    "person",
    {"school": NONE, "person": PERSONAL, "street": PERSONAL, "postcode": PERSONAL, "city": PERSONAL}
    | {"noted_by": PERSONAL, "noted_at": PERSONAL},
    # Where others live is no part of the data of whoever noted it.
    field_readers=dict.fromkeys(["street", "postcode", "city"], LIVED_AT),
    forget=families.forget_addresses,
    keep=Retention.ACCOUNT,
    people={"person": (Concerned.GUARDIANS,)},
)
add(
    _("Refus de SMS"),
    "SmsRefusal",
    "person",
    {"person": PERSONAL, "said_by": PERSONAL, "said_at": PERSONAL},
    forget=families.forget_refusal,
    keep=Retention.ACCOUNT,
    people={
        "person": (Concerned.GUARDIANS, Concerned.PUPILS),
        "said_by": (Concerned.PUPILS, Concerned.GUARDIANS, Concerned.STAFF),
    },
)
