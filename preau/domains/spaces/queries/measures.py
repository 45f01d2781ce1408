"""How much spaces are used, without anybody's name."""

from datetime import date

from preau.domains.spaces.models import Card, Kept, Question


def questions_asked(school_id: int, first: date, last: date) -> int:
    return int(Question.objects.filter(space__school=school_id, at__date__range=(first, last)).count())


def questions_answered(school_id: int, first: date, last: date) -> int:
    rows = Question.objects.filter(space__school=school_id, answered_at__date__range=(first, last))
    return int(rows.count())


def cards_written(school_id: int, first: date, last: date) -> int:
    return int(Card.objects.filter(space__school=school_id, at__date__range=(first, last)).count())


def things_kept(school_id: int, first: date, last: date) -> int:
    return int(Kept.objects.filter(school=school_id, at__date__range=(first, last)).count())
