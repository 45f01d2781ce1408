"""What a school's table may hold, column by column, and the headings that say it by themselves."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from preau.foundation.text import bare, fold

PUPILS, GUARDIANS, STAFF = "eleves", "responsables", "personnels"
# The guardians that a pupil's own row may name: the beginning of their fields.
ONE, TWO = "one_", "two_"
SEVERAL = frozenset({"classes", "groups"})


@dataclass(frozen=True)
class ColumnMeaning:
    """One thing that a column may hold. `words` are bare headings that say it (`text.bare`: « Tél. resp. 1 » is « tel resp 1 »); `part` is where a list shows it."""

    key: str
    label: Any
    words: frozenset[str]
    part: Any = ""


@dataclass(frozen=True)
class Table:
    """One kind of table. Of each of `needs`, one field at least must be there; of `told_whole`, when it is complete."""

    key: str
    label: Any
    fields: Sequence[ColumnMeaning]
    needs: Sequence[tuple[str, ...]]
    told_whole: Sequence[tuple[str, ...]] = field(default_factory=tuple)

    def label_of(self, key: str) -> str:
        return next(str(field.label) for field in self.fields if field.key == key)

    def guess(self, titles: Iterable[str], remembered: Mapping[str, Sequence[str]]) -> list[str]:
        """A field for each heading, "" where nothing is sure: what the school said before, then what the words say."""
        seen: Counter[str] = Counter()
        taken: set[str] = set()
        found = []
        for written in titles:
            title = fold(written)
            before = remembered.get(title, ())
            key = before[seen[title]] if seen[title] < len(before) else self._by_words(bare(written), taken)
            seen[title] += 1
            found.append("" if key in taken - SEVERAL else key)
            taken.add(key)
        return found

    def _by_words(self, title: str, taken: set[str]) -> str:
        """The first field of this heading that no column holds yet: a heading that comes twice is of two guardians."""
        free = (
            field.key for field in self.fields if title in field.words and field.key not in taken - SEVERAL
        )
        return next(free, "")


def _wanted(key: str, label: Any, words: str, part: Any = "") -> ColumnMeaning:
    return ColumnMeaning(key, label, frozenset(map(bare, filter(None, words.split("|")))), part)


OF_PUPIL, OF_ONE, OF_TWO = _("L’élève"), _("Son premier responsable"), _("Son second responsable")


def _guardian(prefix: str, number: str, part: Any) -> list[ColumnMeaning]:
    """A guardian in the row of a pupil: « Nom responsable 1 », « Responsable 1 nom », « Nom du responsable »…"""

    def words(*names: str) -> str:
        headings = [
            shape % {"name": name, "n": number}
            for name in names
            for shape in (
                "%(name)s responsable %(n)s",
                "%(name)s du responsable %(n)s",
                "responsable %(n)s %(name)s",
                "%(name)s resp %(n)s",
                "resp %(n)s %(name)s",
                "resp%(n)s %(name)s",
                "%(name)s resp%(n)s",
                "%(name)s responsable",
                "%(name)s du responsable",
                "%(name)s parent %(n)s",
                "parent %(n)s %(name)s",
                "%(name)s resp",
                "%(name)s du resp",
                "%(name)s du resp %(n)s",
                "%(name)s parent",
                "%(name)s rl %(n)s",
                "%(name)s représentant légal %(n)s",
            )
        ]
        return "|".join(headings)

    def said(label: Any) -> Any:
        return format_lazy(_("Responsable {number} : {field}"), number=number, field=label)

    return [
        _wanted(f"{prefix}family", said(_("nom")), words("nom", "nom de famille"), part),
        _wanted(f"{prefix}given", said(_("prénom")), words("prénom"), part),
        _wanted(f"{prefix}civility", said(_("civilité")), words("civilité"), part),
        _wanted(
            f"{prefix}kinship",
            said(_("lien de parenté")),
            words("lien", "lien de parenté", "parenté") + "|lien|lien de parenté|parenté",
            part,
        ),
        _wanted(
            f"{prefix}authority", said(_("autorité parentale")), words("autorité parentale", "niveau"), part
        ),
        _wanted(f"{prefix}email", said(_("courriel")), words("courriel", "email", "e-mail", "mail"), part),
        _wanted(
            f"{prefix}mobile",
            said(_("téléphone portable")),
            words("portable", "téléphone portable", "mobile"),
            part,
        ),
        _wanted(
            f"{prefix}phone",
            said(_("autre téléphone")),
            words("téléphone", "tel", "tél", "numéro de téléphone", "n° de téléphone"),
            part,
        ),
    ]


TABLES = {
    table.key: table
    for table in (
        Table(
            PUPILS,
            _("Élèves"),
            [
                _wanted(
                    "family",
                    _("Nom de famille"),
                    "nom|nom de famille|nom élève|nom de famille élève|nom de l’élève",
                    OF_PUPIL,
                ),
                _wanted("usage", _("Nom d’usage"), "nom d’usage|nom usage|nom d’usage élève", OF_PUPIL),
                _wanted(
                    "given", _("Prénom"), "prénom|prénom élève|prénom de l’élève|prénom d’usage", OF_PUPIL
                ),
                _wanted(
                    "born",
                    _("Date de naissance"),
                    "date de naissance|date naissance|né le|né(e) le|naissance|né e le",
                    OF_PUPIL,
                ),
                _wanted("ine", _("INE"), "ine|numéro national|n° ine", OF_PUPIL),
                _wanted(
                    "classes",
                    _("Classe"),
                    "classe|classes|division|div|div.|code classe|libellé classe|libellé de la classe",
                    OF_PUPIL,
                ),
                _wanted("level", _("Niveau"), "niveau|niveau de classe", OF_PUPIL),
                _wanted("groups", _("Groupes, séparés par des virgules"), "groupe|groupes", OF_PUPIL),
                _wanted(
                    "email",
                    _("Courriel de l’élève"),
                    "courriel|email|e-mail|mail|courriel élève|email élève",
                    OF_PUPIL,
                ),
                _wanted(
                    "mobile",
                    _("Téléphone de l’élève"),
                    "téléphone|portable|téléphone élève|portable élève",
                    OF_PUPIL,
                ),
                *_guardian(ONE, "1", OF_ONE),
                *_guardian(TWO, "2", OF_TWO),
            ],
            needs=(("family", "usage"), ("given",)),
            told_whole=(("classes",),),
        ),
        Table(
            GUARDIANS,
            _("Responsables"),
            [
                _wanted(
                    "pupil_family",
                    _("Nom de l’élève"),
                    "nom de l’élève|nom élève|nom de famille de l’élève|nom de famille enfant",
                    OF_PUPIL,
                ),
                _wanted(
                    "pupil_given",
                    _("Prénom de l’élève"),
                    "prénom de l’élève|prénom élève|prénom enfant",
                    OF_PUPIL,
                ),
                _wanted(
                    "pupil_class",
                    _("Classe de l’élève"),
                    "classe|classe de l’élève|classes enfants",
                    OF_PUPIL,
                ),
                _wanted(
                    "family",
                    _("Nom"),
                    "nom|nom de famille|nom du responsable|nom responsable",
                    _("Le responsable"),
                ),
                _wanted("usage", _("Nom d’usage"), "nom d’usage|nom usage", _("Le responsable")),
                _wanted(
                    "given",
                    _("Prénom"),
                    "prénom|prénom du responsable|prénom responsable",
                    _("Le responsable"),
                ),
                _wanted("civility", _("Civilité"), "civilité", _("Le responsable")),
                _wanted("kinship", _("Lien de parenté"), "lien|lien de parenté|parenté", _("Le responsable")),
                _wanted(
                    "authority",
                    _("Autorité parentale"),
                    "autorité parentale|niveau|responsable légal",
                    _("Le responsable"),
                ),
                _wanted("priority", _("Ordre d’appel"), "ordre d’appel|priorité", _("Le responsable")),
                _wanted("email", _("Courriel"), "courriel|email|e-mail|mail", _("Le responsable")),
                _wanted(
                    "mobile",
                    _("Téléphone portable"),
                    "téléphone portable|portable|mobile|téléphone",
                    _("Le responsable"),
                ),
                _wanted(
                    "phone", _("Autre téléphone"), "téléphone domicile|autre téléphone", _("Le responsable")
                ),
            ],
            needs=(("pupil_family",), ("pupil_given",), ("family", "usage")),
        ),
        Table(
            STAFF,
            _("Personnels"),
            [
                _wanted("family", _("Nom de famille"), "nom|nom de famille"),
                _wanted("usage", _("Nom d’usage"), "nom d’usage|nom usage"),
                _wanted("given", _("Prénom"), "prénom"),
                _wanted("civility", _("Civilité"), "civilité"),
                _wanted("born", _("Date de naissance"), "date de naissance|date naissance"),
                _wanted("function", _("Fonction"), "fonction|métier|poste"),
                _wanted(
                    "title",
                    _("Intitulé, ou matière enseignée"),
                    "intitulé|matière|discipline|matière enseignée",
                ),
                _wanted("classes", _("Classes, séparées par des virgules"), "classe|classes"),
                _wanted("email", _("Courriel"), "courriel|email|e-mail|mail"),
                _wanted("mobile", _("Téléphone"), "téléphone|portable|mobile|téléphone portable"),
            ],
            needs=(("family", "usage"), ("given",)),
            told_whole=(("function",),),
        ),
    )
}
