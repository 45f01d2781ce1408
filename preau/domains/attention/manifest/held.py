"""What the room holds of people: why, for how long, and who reads which words of it in « Mes données »."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.boards import early_facts
from preau.directory.words import Role
from preau.domains.attention.actions import deciding
from preau.foundation import boards
from preau.foundation.boards import Concerned, FieldClass, PersonalData, Retention
from preau.foundation.readers import EVERY_ROW, Readers, once, own, with_guardians

NONE, PERSONAL, CHILD, SENSITIVE = (
    FieldClass.NONE,
    FieldClass.PERSONAL,
    FieldClass.CHILD,
    FieldClass.SENSITIVE,
)
FOLLOWING = (Role.HEAD, Role.SCHOOL_LIFE, _("l’adulte qu’elles préviennent, le temps de l’accompagnement"))
HELPING: dict[str, Any] = dict(
    purpose=_(
        "Voir assez tôt qu’un élève décroche peut-être, pour qu’une personne regarde les faits et propose une aide."
    ),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    readers=with_guardians(*FOLLOWING),
    keep=Retention.SCHOOL_YEAR,
)


# A family and a pupil read the facts that a person has looked at, and each their own words.
LOOKED_AT = once(Q(review__isnull=False), _("une fois qu’une personne a regardé"))


def said_of_fact(key: str) -> str:
    """What was counted; a fact that nobody counts any more keeps its key."""
    return next((str(fact.label) for fact in early_facts if fact.key == key), key)


def add(label: Any, model: str, person: str, fields: dict[str, FieldClass], **more: Any) -> None:
    boards.personal_data.add(
        PersonalData(label, f"attention.{model}", person, fields=fields, **HELPING | more)
    )


add(
    _("Faits au-delà d’un seuil"),
    "Finding",
    "pupil",
    {"school": NONE, "review": NONE, "pupil": CHILD, "found_at": CHILD}
    | dict.fromkeys(["fact", "number", "before", "what", "threshold", "since", "until"], SENSITIVE),
    forget=deciding.forget_reviews,
    erases=_(
        "Les faits, les accompagnements, leurs décisions, leurs étapes et les mots écrits sont effacés. Un compte qui dépasse encore "
        "son seuil revient la nuit suivante."
    ),
    readers=Readers(LOOKED_AT, LOOKED_AT, FOLLOWING),
    says={"fact": said_of_fact},
)
add(
    _("Accompagnements"),
    "Review",
    "pupil",
    {"school": NONE, "pupil": CHILD}
    | dict.fromkeys(["kind", "until", "outcome"], SENSITIVE)
    | dict.fromkeys(["told_to", "owner", "opened_at", "closed_at", "closed_by"], PERSONAL),
)
add(
    _("Décisions d’accompagnement"),
    "Decision",
    "review__pupil",
    {"school": NONE, "review": NONE}
    | dict.fromkeys(["kind", "reason", "until"], SENSITIVE)
    | dict.fromkeys(["decided_by", "decided_at"], PERSONAL),
)
add(
    _("Étapes d’un accompagnement"),
    "Step",
    "review__pupil",
    {"school": NONE, "review": NONE, "what": SENSITIVE, "due": SENSITIVE}
    | dict.fromkeys(["added_by", "done_at", "done_by"], PERSONAL),
)
add(
    _("Mots sur un accompagnement"),
    "Word",
    "by",
    {"school": NONE, "review": NONE}
    | dict.fromkeys(["about", "text", "answer"], SENSITIVE)
    | dict.fromkeys(["by", "at", "answered_by", "answered_at"], PERSONAL),
    forget=deciding.forget_words,
    erases=_("Les mots que la personne a écrits, et les réponses, sont effacés."),
    readers=Readers(EVERY_ROW, own("by"), (Role.HEAD, Role.SCHOOL_LIFE)),
    # Whoever answers has the answer among their own data, and not the words of the family.
    field_readers=dict.fromkeys(["about", "text"], own("by")),
    people={"by": (Concerned.PUPILS, Concerned.GUARDIANS)},
)

boards.endings.add(
    boards.Ending(
        ("attention.Finding", "attention.Review", "attention.Decision", "attention.Step", "attention.Word"),
        _(
            "Un signe de l’année ne suit pas l’élève : il s’efface la nuit qui suit, sans que personne ait à le vouloir."
        ),
        by="attention.every_night",
    )
)
