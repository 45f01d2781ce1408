"""How much the drive is used, without anybody's name."""

from datetime import date

from preau.commons.drive.models import Item, Share


def documents_added(school_id: int, first: date, last: date) -> int:
    rows = Item.objects.filter(school=school_id, is_folder=False, made_at__date__range=(first, last))
    return int(rows.count())


def shares_made(school_id: int, first: date, last: date) -> int:
    rows = Share.objects.filter(item__school=school_id, given_at__date__range=(first, last))
    return int(rows.count())
