"""What those who have an account were told in these weeks: kept in their list, and sent to nobody."""

from datetime import timedelta

from preau.directory.models import Guardianship, School
from preau.domains.attendance.actions.notices import tell_absence, tell_answer, tell_school_life
from preau.domains.attendance.models import Entry, Explanation
from preau.foundation import notices

AFTER_THE_CALL = timedelta(minutes=10)


def tell(school: School) -> None:
    """The absences still to explain, the explanations to read, and the answers that families were given."""
    _absences(school)
    explanations = Explanation.objects.filter(school=school).select_related("school")
    for explanation in explanations.filter(state=Explanation.State.PENDING):
        with notices.told_already(explanation.given_at):
            tell_school_life(explanation)
    for explanation in explanations.filter(given_by__account__isnull=False).prefetch_related("decisions"):
        for decision in explanation.decisions.all():
            with notices.told_already(decision.decided_at):
                tell_answer(explanation, decision)


def _absences(school: School) -> None:
    """One a day for each guardian, as in life."""
    keys: set[tuple[int, int, str]] = set()
    left = Entry.objects.filter(school=school).to_explain().select_related("lesson").order_by("pk")
    followed = Guardianship.objects.filter(guardian__account__isnull=False, pupil__in=left.values("pupil_id"))
    guardians: dict[int, list[int]] = {}
    for pupil, guardian in followed.values_list("pupil_id", "guardian_id"):
        guardians.setdefault(pupil, []).append(guardian)
    for entry in left.filter(pupil_id__in=guardians):
        for guardian in guardians[entry.pupil_id]:
            once = (guardian, entry.pupil_id, str(entry.day))
            if once not in keys:
                keys.add(once)
                with notices.told_already(entry.lesson.starts + AFTER_THE_CALL):
                    tell_absence(guardian, entry.pk)
