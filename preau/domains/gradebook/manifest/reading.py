"""What those who read marks find elsewhere on the site: the home, the file of a pupil, the page of a class, programs."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.directory.viewer import Viewer
from preau.domains.gradebook import api
from preau.domains.gradebook.queries import latest
from preau.domains.gradebook.rules import access, reading
from preau.foundation import boards

KEY = "gradebook"


def last_card(viewer: Viewer) -> Mapping[str, Any] | None:
    """The last marks of a pupil, or of the children of a family."""
    rows = latest.last_marks(viewer)
    return {"rows": rows, "whose": viewer.follows_several} if rows else None


def marks_of(public_id: str) -> str:
    """The marks of a pupil."""
    return reverse("gradebook:pupil", kwargs={"public_id": public_id})


def class_averages_of(group: int) -> str:
    """The averages of a class."""
    return reverse("gradebook:class_averages", kwargs={"pk": group})


boards.menu.add(
    boards.MenuEntry(
        _("Notes"), "gradebook:own", "chart-line", access.follows_marks, order=27, service=KEY, main=True
    )
)
boards.cards.add(
    boards.Card("gradebook/_last_marks.html", last_card, access.follows_marks, order=16, service=KEY)
)
boards.pupil_links.add(
    boards.PupilLink(_("Notes"), marks_of, "chart-line", access.reads_every_class, order=20, service=KEY)
)
boards.group_links.add(
    boards.GroupLink(
        _("Moyennes"), class_averages_of, "chart-line", reading.reads_class_averages, order=22, service=KEY
    )
)
boards.doors.add(
    boards.Door(
        "api.notes",
        _("Notes"),
        _("les notes publiées, avec leur barème et leur coefficient."),
        access.follows_marks,
        by=("token",),
        most=1000,
        service=KEY,
        order=32,
    )
)
boards.api.add(boards.ApiPart("notes", api.router, "api.notes", order=32))
for verb, label in [
    ("gradebook.marks_read", _("Les notes d’un élève")),
    ("gradebook.class_read", _("Les moyennes d’une classe")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
boards.reasons_to_read.add(boards.ReasonToRead("gradebook.marks_read", _("Suivre le travail de l’élève.")))
boards.first_steps.add(
    boards.FirstStep(
        _("Comprendre une moyenne"),
        _("Chaque moyenne s’ouvre : ce qui compte, avec quel coefficient, et le calcul."),
        "gradebook:own",
        access.follows_marks,
        order=22,
        service=KEY,
    )
)
