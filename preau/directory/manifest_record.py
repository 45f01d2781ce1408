"""What the directory shows in the record of a pupil: whom to call, who they are, who teaches them."""

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.directory import rules
from preau.directory.models import Person
from preau.directory.queries import record, seen
from preau.directory.rules.groups import reads_pupils_of_groups
from preau.directory.rules.office import keeps_office
from preau.directory.viewer import Viewer
from preau.foundation import boards
from preau.foundation.boards import Column, PupilFact


def family_page(_viewer: Viewer, pupil: Person) -> str:
    return reverse("directory:family", kwargs={"public_id": pupil.public_id})


def page_of(name: str) -> Callable[[str], str]:
    """The page where the office does this to the pupil of a record."""
    return lambda public_id: reverse(f"directory:{name}", kwargs={"public_id": public_id})


def acts_page(public_id: str) -> str:
    return reverse("directory:acts", kwargs={"public_id": public_id})


def seen_block(viewer: Viewer, pupil: Person) -> Mapping[str, Any] | None:
    """The way to what each guardian sees, for those who read families and the head teacher (nothing is asked that the record has not)."""
    schooling = record.schooling_of(viewer, pupil)
    if schooling is None:
        return None
    leads = viewer.person.public_id in {key for _name, key in schooling.head_links}
    return {"pupil": pupil} if rules.reads_families(viewer) or leads else None


for fact in [
    PupilFact(
        "directory.callers",
        _("Qui appeler"),
        "directory/facts/_callers.html",
        record.callers,
        rules.reads_families,
        Column.WHO,
        icon="phone",
        summary=record.callers_said,
        more_label=_("Voir la famille"),
        more=family_page,
        unfolded=True,
        order=10,
    ),
    PupilFact(
        seen.KEY,
        _("Ce que voit la famille"),
        "directory/facts/_seen.html",
        seen_block,
        reads_pupils_of_groups,
        Column.WHO,
        icon="eye",
        order=95,
    ),
    PupilFact(
        "directory.identity",
        _("Identité"),
        "directory/facts/_identity.html",
        record.identity,
        rules.reads_record,
        Column.WHO,
        icon="id-badge-2",
        summary=record.identity_said,
        order=90,
    ),
    PupilFact(
        "directory.teachers",
        _("Enseignements"),
        "directory/facts/_teachers.html",
        record.teachers,
        rules.reads_record,
        Column.SCHOOL,
        icon="school",
        summary=record.teachers_said,
        order=80,
    ),
]:
    boards.pupil_facts.add(fact)
for name, label, icon, order in [
    ("correct", _("Corriger"), "pencil", 60),
    ("add_guardian", _("Ajouter un responsable"), "plus", 61),
    ("move", _("Changer de classe"), "arrows-exchange", 61),
    ("depart", _("Départ de l’établissement"), "logout", 62),
    ("certificates", _("Certificats"), "printer", 64),
]:
    boards.pupil_links.add(boards.PupilLink(label, page_of(name), icon, keeps_office, order=order))
boards.pupil_links.add(
    boards.PupilLink(
        _("Qui demander, qui prévenir"), acts_page, "help-circle", rules.reads_acts_of_own, order=90
    )
)
