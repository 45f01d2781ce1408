"""May this viewer do that with the documents that families owe?"""

from preau.directory.models import Guardianship
from preau.directory.rules.authority import MAJORITY
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.paperwork.models import HEALTH_READERS, KEEPERS, Collection, Dossier, Submission


def manages(viewer: Viewer, *_: object) -> bool:
    """Head, school life and secretary ask for documents and follow what came."""
    return viewer.holds(*KEEPERS) and viewer.year is not None


def is_office(viewer: Viewer, *_: object) -> bool:
    """Who reads in the record of a pupil what misses: the secretary, who receives the papers; the record of others is full."""
    return viewer.holds(Role.SECRETARY)


def follows(viewer: Viewer, *_: object) -> bool:
    """The same, and the nurse, who checks what is confidential."""
    return viewer.holds(*KEEPERS, *HEALTH_READERS)


def reads_duties(viewer: Viewer, *_: object) -> bool:
    """The head, whose home says what waits in the whole school."""
    return viewer.holds(Role.HEAD)


def checks_from_card(viewer: Viewer, *_: object) -> bool:
    """Whoever follows them; a head reads it in what waits, unless they teach too, whose home has both."""
    return follows(viewer) and (not viewer.holds(Role.HEAD) or viewer.holds(Role.TEACHER))


def changes(viewer: Viewer, collection: Collection) -> bool:
    """Any of those who ask, as long as it is a draft."""
    return collection.is_draft and manages(viewer)


def drives(viewer: Viewer, collection: Collection) -> bool:
    """Reminds, puts off, closes: once it is open. A second click is told what became of it."""
    return not collection.is_draft and manages(viewer)


def checks_in(viewer: Viewer, collection: Collection) -> bool:
    """Reads what came for it, once it is open: each the pieces that are theirs to read."""
    return not collection.is_draft and follows(viewer)


def notes_papers(viewer: Viewer, dossier: Dossier) -> bool:
    """Ticks what was handed over at the counter, never for one's own child."""
    return manages(viewer) and not is_own_child(viewer, dossier.pupil_id)


def decides(viewer: Viewer, submission: Submission) -> bool:
    """Whoever reads that piece, never of one's own child: a colleague does."""
    return viewer.is_staff and not is_own_child(viewer, submission.dossier.pupil_id)


def sends(viewer: Viewer, dossier: Dossier) -> bool:
    """Who answers for a minor; from eighteen, the pupil alone."""
    if dossier.pupil_id not in viewer.own_pupils():
        return False
    age = dossier.pupil.age_on(viewer.today)
    of_age = age is not None and age >= MAJORITY
    return of_age if viewer.profile == Profile.PUPIL else viewer.is_guardian and not of_age


def has_dossiers(viewer: Viewer, *_: object) -> bool:
    """Families; and pupils, who have some from eighteen."""
    return viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}


def is_own_child(viewer: Viewer, pupil_id: int) -> bool:
    """Is the pupil a child of this person, whatever the seat in which they sit, and even if their authority has ended?"""
    return Guardianship.objects.filter(guardian=viewer.person.pk, pupil=pupil_id).exists()


def reads_or_has(viewer: Viewer, *_: object) -> bool:
    return follows(viewer) or has_dossiers(viewer)
