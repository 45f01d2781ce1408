"""May this viewer do that with appreciations and councils? Whether a council is over is asked again in each action."""

from dataclasses import dataclass
from typing import Any

from preau.directory.models import Assignment, Group
from preau.directory.rules.groups import teaches_in
from preau.directory.viewer import Viewer
from preau.directory.words import SETTINGS, Profile, Role
from preau.domains.report_cards.models import Appreciation, Council, Suggestion
from preau.domains.report_cards.models.reading import led, led_pupils, reads_every_class

Kind = Appreciation.Kind


@dataclass(frozen=True)
class Passage:
    """What is written of the pupils of a class or a group: `own` where the viewer teaches that subject there."""

    kind: Appreciation.Kind
    label: str
    subject_id: int | None = None
    own: bool = False


def takes_part(viewer: Viewer, *_: object) -> bool:
    """Teachers, school life and the head: of which classes, `reads_group` says."""
    return viewer.holds(Role.TEACHER) or reads_every_class(viewer)


def reads_every(viewer: Viewer, *_: object) -> bool:
    """Head and school life."""
    return reads_every_class(viewer)


def leads(viewer: Viewer, group: Group) -> bool:
    """The head teacher of this class, today: asked once a page."""
    asked = ("report_cards.leads", group.pk)
    if asked not in viewer.found:
        viewer.found[asked] = viewer.holds(Role.TEACHER) and led(viewer).filter(group=group.pk).exists()
    return bool(viewer.found[asked])


def is_of_year(viewer: Viewer, group: Group) -> bool:
    """Of the current year: councils of former years are read in their papers."""
    return viewer.year is not None and group.year_id == viewer.year.pk


def reads_group(viewer: Viewer, group: Group) -> bool:
    """Head and school life, of every class; a teacher, of those where they teach or that they lead."""
    if not is_of_year(viewer, group):
        return False
    return reads_every_class(viewer) or (viewer.holds(Role.TEACHER) and teaches_in(viewer, group))


def writes(viewer: Viewer, group: Group, passage: Passage) -> bool:
    """A subject, whoever teaches it there; school life, school life; the general one, the head teacher and the head."""
    if not is_of_year(viewer, group):
        return False
    if passage.kind == Kind.SUBJECT:
        return viewer.holds(Role.TEACHER) and passage.own
    if group.kind != Group.Kind.CLASS:
        return False
    if passage.kind == Kind.SCHOOL_LIFE:
        return viewer.holds(Role.SCHOOL_LIFE)
    return viewer.holds(Role.HEAD) or leads(viewer, group)


def reads_council(viewer: Viewer, group: Group) -> bool:
    """Head and school life, of every class; the head teacher, of theirs."""
    if group.kind != Group.Kind.CLASS or not is_of_year(viewer, group):
        return False
    return reads_every_class(viewer) or leads(viewer, group)


def runs_council(viewer: Viewer, group: Group) -> bool:
    """The head and the head teacher: they write the general appreciation and the decision, and close the council."""
    if group.kind != Group.Kind.CLASS or not is_of_year(viewer, group):
        return False
    return viewer.holds(Role.HEAD) or leads(viewer, group)


def opens_again(viewer: Viewer, group: Group) -> bool:
    """The head alone, who answers for what families have read."""
    return viewer.holds(Role.HEAD) and runs_council(viewer, group)


def settles(viewer: Viewer, *_: object) -> bool:
    """Whoever settles the school names its distinctions."""
    return viewer.has_power(SETTINGS)


def keeps(viewer: Viewer, phrase: Any) -> bool:
    """One's own phrases."""
    return viewer.is_staff and phrase.owner_id == viewer.person.pk


def hears_council(viewer: Viewer, pk: int) -> bool:
    """Whoever reads this council: its projected page follows what is typed."""
    return takes_part(viewer) and Council.objects.visible_to(viewer).filter(pk=pk).exists()


def makes_cards(viewer: Viewer, group: Group) -> bool:
    """Whoever runs the council of the class: bulletins are made of what it decided."""
    return runs_council(viewer, group)


def publishes_cards(viewer: Viewer, group: Group) -> bool:
    """The head alone gives them to families."""
    return viewer.holds(Role.HEAD) and runs_council(viewer, group)


def gives_cards(viewer: Viewer, *_: object) -> bool:
    """The head, whoever the pupils are: the bulletins of every class wait for this gesture."""
    return viewer.holds(Role.HEAD)


def writes_text(viewer: Viewer, text: Appreciation) -> bool:
    """Whoever teaches its subject there today; school life, of school life."""
    if not viewer.is_staff or viewer.year is None or text.period.year_id != viewer.year.pk:
        return False
    if text.kind == Kind.SCHOOL_LIFE:
        return viewer.holds(Role.SCHOOL_LIFE)
    taught = Assignment.objects.active(viewer.today).filter(
        teacher=viewer.person.pk, group=text.group_id, subject=text.subject_id, subject__isnull=False
    )
    return viewer.holds(Role.TEACHER) and taught.exists()


def suggests(viewer: Viewer, text: Appreciation) -> bool:
    """The head, and the head teacher of the pupil, of what a colleague has written; never of one's own, nor of the general text."""
    if text.kind == Kind.GENERAL or not text.text or not viewer.is_staff or viewer.year is None:
        return False
    if text.period.year_id != viewer.year.pk or writes_text(viewer, text):
        return False
    if viewer.holds(Role.HEAD):
        return True
    return viewer.holds(Role.TEACHER) and led_pupils(viewer).filter(pupil=text.pupil_id).exists()


def proofreads(viewer: Viewer, group: Group) -> bool:
    """The head, of every class and group; a head teacher, of the class that they lead."""
    return is_of_year(viewer, group) and (viewer.holds(Role.HEAD) or leads(viewer, group))


def reads_suggestion(viewer: Viewer, *_: object) -> bool:
    """Whoever sees it: `Suggestion.objects.visible_to` says whom that is."""
    return takes_part(viewer)


def answers(viewer: Viewer, suggestion: Suggestion) -> bool:
    """Whoever writes the text, and nobody else."""
    return writes_text(viewer, suggestion.appreciation)


def takes_back(viewer: Viewer, suggestion: Suggestion) -> bool:
    """Whoever has suggested it."""
    return viewer.is_staff and suggestion.by_id == viewer.person.pk


def runs_campaign(viewer: Viewer, *_: object) -> bool:
    """The head: where every class stands, who has not written, the figures of a period."""
    return viewer.holds(Role.HEAD)


def follows(viewer: Viewer, *_: object) -> bool:
    """Pupils, and those who answer for them."""
    return viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}


def reads_card(viewer: Viewer, *_: object) -> bool:
    """Whoever sees it: `ReportCard.objects.visible_to` says whom that is."""
    return follows(viewer) or takes_part(viewer)
