"""How much documents are used, without anybody's name."""

from datetime import date

from preau.commons.documents.models import Comment, Document


def documents_begun(school_id: int, first: date, last: date) -> int:
    return int(Document.objects.filter(school=school_id, begun_at__date__range=(first, last)).count())


def comments_made(school_id: int, first: date, last: date) -> int:
    rows = Comment.objects.filter(document__school=school_id, made_at__date__range=(first, last))
    return int(rows.count())
