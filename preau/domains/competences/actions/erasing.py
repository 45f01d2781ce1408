"""What becomes of levels when somebody is erased: what was assessed stays, as the school's document, until its term."""

from preau.domains.competences.models import Balance, Level, LevelChange, SelfLevel


def forget_levels(person_id: int) -> int:
    """Erase the levels of a pupil."""
    return Level.objects.filter(pupil_id=person_id).delete()[0]


def forget_changes(person_id: int) -> int:
    """Erase what the levels of a pupil were."""
    return LevelChange.objects.filter(pupil_id=person_id).delete()[0]


def forget_self_levels(person_id: int) -> int:
    """Erase what a pupil said of themselves."""
    return SelfLevel.objects.filter(pupil_id=person_id).delete()[0]


def forget_balances(person_id: int) -> int:
    """Erase the balances of a pupil."""
    return Balance.objects.filter(pupil_id=person_id).delete()[0]
