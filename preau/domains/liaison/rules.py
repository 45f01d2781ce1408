"""May this viewer do that with the notebook?"""

from preau.directory.models import Group, Guardianship
from preau.directory.rules.groups import teaches_in
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.liaison.models import WRITERS, Recipient, Remark, Word


def writes_words(viewer: Viewer, *_: object) -> bool:
    """Head, school life and secretary to any family; a teacher, to those of the classes and groups that they teach."""
    return viewer.holds(*WRITERS, Role.TEACHER) and viewer.year is not None


def writes_to_all(viewer: Viewer, *_: object) -> bool:
    """To any family, and to the staff."""
    return viewer.holds(*WRITERS) and viewer.year is not None


def reads_words(viewer: Viewer, *_: object) -> bool:
    """The staff: what they wrote, share or received."""
    return viewer.is_staff


def follows(viewer: Viewer, word: Word) -> bool:
    """Whose word it is; once it has left, with whom it is shared, and the head."""
    if not viewer.is_staff or word.school_id != viewer.school_id:
        return False
    if word.author_id == viewer.person.pk:
        return True
    if word.is_draft:
        return False
    return viewer.holds(Role.HEAD) or word.colleagues.filter(pk=viewer.person.pk).exists()


def changes(viewer: Viewer, word: Word) -> bool:
    """Its author, as long as it is a draft."""
    return word.is_draft and word.author_id == viewer.person.pk and writes_words(viewer)


def sends(viewer: Viewer, word: Word) -> bool:
    """Its author; a second click is told that it has left."""
    return word.author_id == viewer.person.pk and writes_words(viewer)


def drives(viewer: Viewer, word: Word) -> bool:
    """Reminds, adds and types answers: whoever follows it, once it has left."""
    return not word.is_draft and follows(viewer, word)


def has_notebook(viewer: Viewer, *_: object) -> bool:
    """Pupils and families."""
    return viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}


def receives(viewer: Viewer, recipient: Recipient) -> bool:
    """It is their own copy, about somebody for whom they still answer."""
    if recipient.person_id != viewer.person.pk:
        return False
    return viewer.is_staff if recipient.pupil_id is None else recipient.pupil_id in viewer.own_pupils()


def opens_copy(viewer: Viewer, recipient: Recipient) -> bool:
    """Whose it is; and whoever follows the word, who sees what a family reads."""
    return receives(viewer, recipient) or drives(viewer, recipient.word)


def reads_proof(viewer: Viewer, recipient: Recipient) -> bool:
    return receives(viewer, recipient) or drives(viewer, recipient.word)


def writes_remarks(viewer: Viewer, *_: object) -> bool:
    return writes_words(viewer)


def wrote(viewer: Viewer, remark: Remark) -> bool:
    """Its author."""
    return viewer.is_staff and remark.by_id == viewer.person.pk


def enters(viewer: Viewer, recipient: Recipient) -> bool:
    """Types in the coupon of somebody else, about a pupil who is not their child: whoever follows the word."""
    return (
        recipient.pupil_id is not None
        and recipient.person_id != viewer.person.pk
        and drives(viewer, recipient.word)
        and not is_own_child(viewer, recipient)
    )


def is_own_child(viewer: Viewer, recipient: Recipient) -> bool:
    """Is the copy about a child of this person, whatever the seat in which they sit? A colleague types it in."""
    links = Guardianship.objects.active(viewer.today).filter(guardian=viewer.person.pk)
    return links.filter(pupil=recipient.pupil_id).exists()


def reads_or_has(viewer: Viewer, *_: object) -> bool:
    """The staff, pupils and families."""
    return reads_words(viewer) or has_notebook(viewer)


def heads(viewer: Viewer, *_: object) -> bool:
    """The head, to whom disagreements are shown."""
    return viewer.holds(Role.HEAD)


def writes_to_group(viewer: Viewer, group: Group) -> bool:
    """Any, for whoever writes to all; those that they teach, for a teacher."""
    return writes_to_all(viewer) or (writes_words(viewer) and teaches_in(viewer, group))


def chooses_language(viewer: Viewer, *_: object) -> bool:
    """A guardian, for themselves."""
    return viewer.is_guardian


def permits_translations(viewer: Viewer, *_: object) -> bool:
    """The head alone: words of the school leave for somebody else's machine."""
    return heads(viewer)
