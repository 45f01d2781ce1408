"""Competences found by their words: for those who assess, in the referentials; for a pupil and the family, among what they read."""

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from preau.directory.viewer import Viewer
from preau.domains.competences.models import Competence, Level
from preau.foundation.boards import Hit
from preau.foundation.lookup import LookupTerms, fold_title
from preau.foundation.prepared import Prepared
from preau.foundation.templating import url

MOST_FOUND, MOST_READ = 20, 2_000


def _in_use(viewer: Viewer) -> Any:
    rows = (
        Competence.objects.visible_to(viewer)
        .in_use(viewer.today)
        .order_by("-referential__is_own", "rank", "pk")
    )
    return rows.values_list("pk", "name", "parent__name", "referential__name", "referential_id")[:MOST_READ]


def _read(viewer: Viewer) -> Any:
    path = "column__competence__"
    here = Level.objects.visible_to(viewer).filter(
        column__sheet__group__year=F("column__sheet__school__current_year")
    )
    level_rows = here.order_by(f"{path}rank", f"{path}pk", "pupil_id").distinct()
    return level_rows.values_list(
        f"{path}pk",
        f"{path}name",
        f"{path}parent__name",
        "pupil__given_name",
        "pupil__public_id",
        f"{path}rank",
        "pupil_id",
    )[:MOST_READ]


IN_USE, READ = Prepared(_in_use), Prepared(_read)


def found_competences(viewer: Viewer, wanted: LookupTerms) -> list[Hit]:
    """Those whose name, or that of their domain, has these words: one query. They are some hundred, compared here without accents.

    Whoever assesses opens the referential; a pupil and the family, what proves it on the page that they read.
    """
    if viewer.is_staff:
        rows = [
            (name, domain, referential, f"{url('competences:referential', pk=key)}#c{pk}")
            for pk, name, domain, referential, key in IN_USE(viewer)
        ]
    else:
        rows = [
            (
                name,
                domain,
                _("Ce que sait %(name)s") % {"name": given} if viewer.is_guardian else _("Ce que je sais"),
                f"{url('competences:pupil', public_id=public_id)}?periode=annee#c{pk}",
            )
            for pk, name, domain, given, public_id, *_order in READ(viewer)
        ]
    hits = [
        Hit(name, address, " · ".join(filter(None, (domain, place))))
        for name, domain, place, address in rows
        if _has(wanted, f"{name} {domain or ''}")
    ]
    return hits[:MOST_FOUND]


def _has(wanted: LookupTerms, text: str) -> bool:
    title = fold_title(text)
    return all(word.begins_in(title) for word in wanted.words)
