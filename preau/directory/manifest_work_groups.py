"""What groups of work show: a link from the page of a class, and what is kept of whom."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.directory.actions.work_groups import forget_work_groups
from preau.directory.queries.terms import SINCE, by_year
from preau.directory.rules.groups import keeps_work_groups
from preau.directory.seeds.work_groups import plant_work_groups
from preau.foundation import boards
from preau.foundation.boards import FieldClass, PersonalData, Retention, Term
from preau.foundation.readers import on_themselves


def groups_in(group: int) -> str:
    """One's own groups of a class."""
    return reverse("directory:work_groups", kwargs={"pk": group})


boards.group_links.add(
    boards.GroupLink(_("Mes groupes de travail"), groups_in, "users", keeps_work_groups, order=32)
)
boards.seeds.add(boards.Seed("groupes de travail", plant_work_groups, order=17))
for verb, label in [
    ("directory.work_group_kept", _("Groupe de travail enregistré")),
    ("directory.work_group_removed", _("Groupe de travail supprimé")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label, private=True))
boards.personal_data.add(
    PersonalData(
        _("Groupes de travail d’un enseignant"),
        "directory.WorkGroup",
        "owner",
        purpose=_("Cocher d’un geste les élèves d’une classe qui travaillent ensemble."),
        legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
        readers=on_themselves(),
        keep=Retention.YEAR_PLUS_ONE,
        fields=dict.fromkeys(["owner", "name", "group", "kept_at"], FieldClass.PERSONAL)
        | {"school": FieldClass.NONE, "pupils": FieldClass.CHILD},
        forget=forget_work_groups,
        about=("pupils",),
        withheld=frozenset({"pupils"}),
    )
)
boards.terms.add(
    Term(
        "directory.work_groups",
        _("Groupes de travail"),
        keep=Retention.YEAR_PLUS_ONE,
        model="directory.WorkGroup",
        when="kept_at",
        since=SINCE,
        people=("owner",),
        order=92,
        text=_("Effacés à la fin de l’année scolaire qui suit : il n’en reste que le nombre."),
        due=by_year("directory.WorkGroup", "kept_at"),
    )
)
boards.data_in_words.add(
    boards.InWords(
        "directory.WorkGroup",
        boards.Section.WORK,
        when="kept_at",
        sentence=(_("Groupe de travail « %(name)s »"), "%(group)s"),
        names=lambda row: row.name,
    )
)
