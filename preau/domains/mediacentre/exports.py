"""Who has which resource, for a spreadsheet: what is carried to the console of the GAR."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from preau.directory.models import Holding
from preau.directory.viewer import Viewer
from preau.domains.mediacentre.models import Public, Resource, held
from preau.domains.mediacentre.queries.lists import classes_of
from preau.foundation.csvtext import lines

COLUMNS = (
    "resource",
    "person__search_name",
    "person__family_name",
    "person__given_name",
    "public",
    "person_id",
)


def assignments_csv(viewer: Viewer) -> Iterator[str]:
    """One line for each person and each resource of the list, by resource then by name; three statements."""
    names = {
        pk: (name, code)
        for pk, name, code in Resource.objects.visible_to(viewer)
        .filter(school=viewer.school_id, is_open=True)
        .values_list("pk", "name", "code")
    }
    here = Holding.objects.filter(school=viewer.school_id).values("person_id")
    classes = classes_of(viewer.today, here)
    first, *rest = (branch.values_list(*COLUMNS) for branch in held(viewer.today, Q(school=viewer.school_id)))
    rows = first.union(*rest).order_by("resource", "person__search_name", "person_id")
    header = [_("Ressource"), _("Identifiant au GAR"), _("Public"), _("Nom"), _("Prénom"), _("Classe")]
    return lines(
        header,
        (
            [*names[key], str(Public(public).label), family.upper(), given, classes.get(person, "")]
            for key, _folded, family, given, public, person in rows.iterator(chunk_size=500)
            if key in names
        ),
    )
