"""What a space shows beside its documents."""

from collections.abc import Mapping
from typing import Any

from preau.commons.documents.boards import PlaceFace
from preau.directory.viewer import Viewer
from preau.domains.spaces import rules
from preau.domains.spaces.forms import AskForm
from preau.domains.spaces.models import Space
from preau.domains.spaces.queries import people, talk
from preau.domains.spaces.queries.hours import hours_of


def questions_beside(viewer: Viewer, face: PlaceFace) -> tuple[str, Mapping[str, Any]] | None:
    """The last questions of a space and a place to ask one (three queries); None where it takes none."""
    space: Space = face.thing
    if not rules.has_questions(viewer, space) or not space.asks:
        return None
    schools = people.number_of_schools(space)
    asked = list(talk.questions_of(viewer, space)[: talk.MOST_BESIDE])
    content = {
        "space": space,
        "schools": schools,
        "questions": talk.question_rows(viewer, space, asked, schools),
        "hours": hours_of(space, viewer.moment),
        "asks": rules.asks(viewer, space),
        "ask_form": AskForm(),
    }
    return "spaces/_questions_beside.html", content
