"""Who is said to read the rows of a table, among the staff, is who does: `readers.staff` is words, `visible_to` decides."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps

from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.foundation import boards
from tests.net.matrix_stage import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet")]
ROLES = [role for role in Role if role.profile == Profile.STAFF]
# Shown to whoever opens the site.
PUBLIC = {"catalogue.Resource", "exams.Paper", "exams.Correction", "media.Medium"}


def readers_among_staff(entry: boards.PersonalData, holder: Callable[[Role], Viewer]) -> set[Role]:
    """The roles whose holder, new in the school, sees rows that are not about them."""
    rows = apps.get_model(entry.model)._default_manager.all()
    found = set()
    for role in ROLES:
        viewer = holder(role)
        seen: Any = rows.visible_to(viewer)
        if entry.person:
            seen = seen.exclude(**{entry.person: viewer.person.pk})
        if seen.exists():
            found.add(role)
    return found


def test_the_staff_who_are_said_to_read_are_those_who_do(stage: Stage, holder: Any) -> None:
    wrong = []
    for entry in boards.personal_data:
        if entry.model in PUBLIC or not apps.get_model(entry.model)._default_manager.exists():
            continue
        named = {one for one in entry.readers.staff if isinstance(one, Role)}
        # In words: some holders of a role, whom a newcomer is not always.
        some = [one for one in entry.readers.staff if not isinstance(one, Role)]
        read = readers_among_staff(entry, holder)
        if read - named and not some:
            wrong.append(f"{entry.model}: read by {sorted(read - named)}, whom « Qui le lit » does not name")
        if named - read:
            wrong.append(f"{entry.model}: not read by {sorted(named - read)}, whom « Qui le lit » names")
    assert not wrong, "\n".join(wrong)
