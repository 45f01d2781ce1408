"""What pupils and families are told of marks."""

from django.utils.translation import gettext_lazy as _

from preau.domains.gradebook import tasks
from preau.domains.gradebook.actions import telling
from preau.domains.gradebook.rules import access
from preau.foundation import boards
from preau.foundation.boards import NotificationKind, Pace

MARKS, FOLLOWS = _("Notes"), _("Vous suivez les notes de cet élève.")
for kind in [
    NotificationKind(
        "gradebook.published",
        _("Des notes publiées"),
        MARKS,
        _("Des notes sont publiées"),
        _("Des notes de %(about)s ont été publiées %(day)s (%(school)s)."),
        _("Voir les notes"),
        FOLLOWS,
        access.follows_marks,
        pace=Pace.WEEKLY,
        order=24,
    ),
    NotificationKind(
        "gradebook.changed",
        _("Une note changée"),
        MARKS,
        _("Une note publiée a changé"),
        _(
            "L’évaluation de %(subject)s du %(day)s a changé : note, barème ou coefficient (%(about)s, %(school)s)."
        ),
        _("Voir les notes"),
        FOLLOWS,
        access.follows_marks,
        pace=Pace.DAILY,
        order=25,
    ),
]:
    boards.notification_kinds.add(kind)

telling.told_marks_written.connect(tasks.enqueue_telling, dispatch_uid="gradebook.written")
