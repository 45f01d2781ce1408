"""What conduct awaits of people: a punition to read and to do, an agreement to give; of the head, what to decide and to sign (`boards.awaited`)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from preau.directory.rules.authority import MAJORITY
from preau.directory.viewer import Viewer
from preau.domains.conduct.models import (
    Acknowledgement,
    Detention,
    Punition,
    Responsibility,
    Sanction,
)
from preau.foundation import dates
from preau.foundation.awaited import Row, row_of
from preau.foundation.boards import Awaited
from preau.foundation.templating import url

PUNITION, AGREEMENT = "conduct.punition", "conduct.agreement"
DECISION, CONVENTION = "conduct.decision", "conduct.convention"


def rows_of_punitions(viewer: Viewer) -> "QuerySet[Punition, Any]":
    """Those that are to be done: for the pupil until they are, for each guardian until they say that they have seen it."""
    found = Punition.objects.running().filter(pupil__in=viewer.own_pupils())
    if viewer.is_guardian:
        seen = Acknowledgement.objects.filter(punition=OuterRef("pk"), by=viewer.person.pk)
        found = found.filter(~Exists(seen))
    expected = Detention.objects.expected().filter(punition=OuterRef("pk"))
    return row_of(
        found,
        PUNITION,
        about="pupil_id",
        whose="pupil__given_name",
        text="kind",
        word="school__timezone",
        more="work",
        day=Coalesce(Subquery(expected.values("slot__day")[:1]), F("due")),
        starts=Subquery(expected.values("slot__starts")[:1]),
    )


def punitions_awaited(viewer: Viewer, rows: Sequence[Row]) -> list[Awaited]:
    """The next day first; those without a day come last."""
    return [_punition(viewer, row) for row in sorted(rows, key=lambda row: (row.day or date.max, row.key))]


def _punition(viewer: Viewer, row: Row) -> Awaited:
    when = ""
    if row.day and row.starts:
        when = f"{dates.day(row.day)}, {dates.hour(row.starts, row.word)}"
    elif row.day:
        when = _("pour le %(day)s") % {"day": dates.day(row.day)}
    # A guardian's line leads to its button.
    place = f"#punition-{row.key}" if viewer.is_guardian else ""
    return Awaited(
        title=str(Punition.Kind(row.text).label),
        url=url("conduct:followed") + place,
        gesture=_("Lire et confirmer") if viewer.is_guardian else _("Lire"),
        about=row.about,
        whose=row.whose if viewer.is_guardian else "",
        when=when,
        text=row.more,
        day=row.day,
        icon="message-circle",
    )


def rows_of_agreements(viewer: Viewer) -> "QuerySet[Responsibility, Any]":
    """Measures outside of the school to which the pupil, or one of the guardians, has still to agree."""
    found = Responsibility.objects.filter(
        sanction__pupil__in=viewer.own_pupils(), is_outside=True, state=Responsibility.State.PREPARED
    )
    if viewer.is_guardian:
        # From eighteen the pupil agrees alone.
        found = found.exclude(sanction__pupil__birth_date__lte=viewer.years_ago(MAJORITY))
    name = "guardian_agreed_on" if viewer.is_guardian else "pupil_agreed_on"
    return row_of(
        found.filter(**{name: None}),
        AGREEMENT,
        key="sanction_id",
        about="sanction__pupil_id",
        whose="sanction__pupil__given_name",
    )


def agreements_awaited(viewer: Viewer, rows: Sequence[Row]) -> list[Awaited]:
    return [
        Awaited(
            title=_("Mesure de responsabilisation"),
            url=url("conduct:sanction", pk=row.key),
            gesture=_("Lire et donner mon accord"),
            about=row.about,
            whose=row.whose if viewer.is_guardian else "",
        )
        for row in sorted(rows, key=lambda row: row.key)
    ]


def rows_to_decide(viewer: Viewer) -> "QuerySet[Sanction, Any]":
    """Procedures in which the pupil can answer no more, and nobody has decided."""
    found = Sanction.objects.in_school(viewer).waiting().filter(defend_until__lt=viewer.today)
    return row_of(
        found,
        DECISION,
        about="pupil_id",
        whose="pupil__given_name",
        text="pupil__family_name",
        day="defend_until",
    )


def decisions_awaited(_viewer: Viewer, rows: Sequence[Row]) -> list[Awaited]:
    """Those that have waited longest first."""
    return [
        Awaited(
            title=_("Procédure disciplinaire à décider et à signer"),
            url=url("conduct:sanction", pk=row.key),
            gesture=_("Lire et décider"),
            about=row.about,
            whose=f"{row.whose} {row.text}".strip(),
            when=_("l’élève pouvait répondre jusqu’au %(day)s") % {"day": dates.day(row.day)}
            if row.day
            else "",
            day=row.day,
            icon="scale",
        )
        for row in sorted(rows, key=lambda row: (row.day or date.max, row.key))
    ]


def rows_to_sign(viewer: Viewer) -> "QuerySet[Responsibility, Any]":
    """Measures outside of the school of which the convention has no day of signature."""
    found = Responsibility.objects.in_school(viewer).filter(
        is_outside=True, signed_on=None, state=Responsibility.State.PREPARED
    )
    return row_of(
        found,
        CONVENTION,
        key="sanction_id",
        about="sanction__pupil_id",
        whose="sanction__pupil__given_name",
        text="sanction__pupil__family_name",
        more="host",
    )


def conventions_awaited(_viewer: Viewer, rows: Sequence[Row]) -> list[Awaited]:
    return [
        Awaited(
            title=_("Convention à signer, pour une mesure de responsabilisation"),
            url=url("conduct:responsibility", pk=row.key),
            gesture=_("Dire qu’elle est signée"),
            about=row.about,
            whose=f"{row.whose} {row.text}".strip(),
            when=row.more,
            icon="pencil",
        )
        for row in sorted(rows, key=lambda row: row.key)
    ]
