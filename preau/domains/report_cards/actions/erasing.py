"""What becomes of what is written of pupils when somebody is erased. What was decided of others stays, with its author blanked."""

from preau.domains.report_cards.models import Appreciation, Decision, Phrase


def forget_appreciations(person_id: int) -> int:
    """Erase what was written of a pupil."""
    return Appreciation.objects.filter(pupil_id=person_id).delete()[0]


def forget_decisions(person_id: int) -> int:
    """Erase what councils have decided of a pupil."""
    return Decision.objects.filter(pupil_id=person_id).delete()[0]


def forget_phrases(person_id: int) -> int:
    """Erase the phrases that somebody kept."""
    return Phrase.objects.filter(owner_id=person_id).delete()[0]
