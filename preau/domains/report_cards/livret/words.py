"""The words of a pre-flight list: what a field is called, what is wrong with it, and the screen that mends it."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from preau.domains.report_cards.livret.departures import Fault


class Mend(StrEnum):
    """The screen where a line is mended; the house says its address."""

    IMPORT = "import"
    PERSON = "person"
    TEAM = "team"
    SUBJECT = "subject"
    PERIODS = "periods"
    APPRECIATION = "appreciation"
    COUNCIL = "council"
    SCHOOL_LIFE = "school-life"
    BALANCE = "balance"
    SCHOOL = "school"


# (element, attribute; "" for its text) → what it is called in a sentence.
FIELDS: Mapping[tuple[str, str], object] = {
    ("eleve", "id-be"): _("le numéro SIECLE"),
    ("eleve", "nom"): _("le nom"),
    ("eleve", "prenom"): _("le prénom"),
    ("eleve", "code-division"): _("le nom de la classe"),
    ("enseignant", "id-sts"): _("le numéro STSWEB"),
    ("enseignant", "type"): _("la liste de STSWEB (epp ou local)"),
    ("enseignant", "nom"): _("le nom"),
    ("enseignant", "prenom"): _("le prénom"),
    ("enseignant", "civilite"): _("la civilité"),
    ("discipline", "code"): _("le code de la matière"),
    ("discipline", "code-national"): _("le code national de la matière"),
    ("discipline", "libelle"): _("le nom de la matière"),
    ("discipline", "modalite-election"): _("la modalité d’élection"),
    ("responsable-etab", "libelle"): _("le nom du chef d’établissement"),
    ("periode", "indice"): _("le rang de la période"),
    ("periode", "nb-periodes"): _("le nombre de périodes"),
    ("periode", "millesime"): _("l’année scolaire"),
    ("element-programme", "libelle"): _("l’élément de programme"),
    ("bilan-periodique", "date-conseil-classe"): _("la date du conseil de classe"),
    ("bilan-periodique", "date-scolarite"): _("le début de la scolarité"),
    ("bilan-periodique", "date-verrou"): _("la date de clôture"),
    ("bilan-periodique", "prof-princ-refs"): _("le professeur principal"),
    ("bilan-periodique", "responsable-etab-ref"): _("le chef d’établissement"),
    ("bilan-periodique", "liste-acquis"): _("le bilan des matières"),
    ("bilan-periodique", "acquis-conseils"): _("le bilan du conseil de classe"),
    ("bilan-periodique", "vie-scolaire"): _("la vie scolaire"),
    ("bilan-cycle", "socle"): _("le niveau des composantes du socle"),
    ("bilan-cycle", "synthese"): _("la synthèse de fin de cycle"),
    ("bilan-cycle", "cycle"): _("le cycle"),
    ("bilan-cycle", "millesime"): _("l’année scolaire"),
    ("bilan-cycle", "date-creation"): _("la date du bilan de fin de cycle"),
    ("bilan-cycle", "responsable-etab-ref"): _("le chef d’établissement"),
    ("acquis", "enseignant-refs"): _("l’enseignant"),
    ("acquis", "discipline-ref"): _("la matière"),
    ("acquis", "moyenne-eleve"): _("la moyenne"),
    ("acquis", "moyenne-structure"): _("la moyenne de la classe"),
    ("acquis", "positionnement"): _("le positionnement"),
    ("acquis", "element-programme-refs"): _("les éléments de programme"),
    ("appreciation", ""): _("l’appréciation"),
    ("appreciation-num", ""): _("l’appréciation des compétences numériques"),
    ("acquis-conseils", ""): _("le bilan du conseil de classe"),
    ("devoirs-faits", ""): _("« Devoirs faits »"),
    ("synthese", ""): _("la synthèse de fin de cycle"),
    ("commentaire", ""): _("le commentaire"),
    ("description", ""): _("la description"),
    ("parcours", ""): _("le parcours éducatif"),
    ("parcours", "code"): _("le code du parcours"),
    ("modalite-accompagnement", "code"): _("le code de l’accompagnement"),
    ("complement-ppre", ""): _("le complément du PPRE"),
    ("complement-contrat-reussite", ""): _("le complément du contrat de réussite"),
    ("vie-scolaire", "nb-retards"): _("le nombre de retards"),
    ("vie-scolaire", "nb-abs-justifiees"): _("le nombre de demi-journées justifiées"),
    ("vie-scolaire", "nb-abs-injustifiees"): _("le nombre de demi-journées non justifiées"),
    ("vie-scolaire", "nb-heures-manquees"): _("le nombre d’heures manquées"),
    ("domaine", "positionnement"): _("le niveau de la composante du socle"),
    ("socle", "domaine"): _("le niveau des composantes du socle"),
    ("responsable", "nom"): _("le nom du responsable"),
    ("responsable", "lien-parente"): _("le lien de parenté"),
    ("adresse", "code-postal"): _("le code postal du responsable"),
    ("adresse", "commune"): _("la commune du responsable"),
    ("adresse", "ligne1"): _("l’adresse du responsable"),
    ("adresse", "ligne2"): _("l’adresse du responsable"),
    ("adresse", "ligne3"): _("l’adresse du responsable"),
    ("adresse", "ligne4"): _("l’adresse du responsable"),
    ("donnees", "responsables-etab"): _("le chef d’établissement"),
    ("donnees", "eleves"): _("la liste des élèves"),
    ("entete", "etablissement"): _("l’UAI de l’établissement"),
    ("etablissement", ""): _("l’UAI de l’établissement"),
    ("epi", "thematique"): _("le thème de l’EPI"),
    ("epi", "intitule"): _("le titre de l’EPI"),
    ("epi", "discipline-refs"): _("les matières de l’EPI (deux au moins)"),
}
# The same of a livret of lycée, whose elements have names of their own.
LYCEE: Mapping[tuple[str, str], object] = {
    ("eleve", "id"): _("le numéro SIECLE"),
    ("etablissement", ""): _("l’UAI de l’établissement"),
    ("evaluation", "code-matiere"): _("le code de la matière"),
    ("annuelle", ""): _("l’appréciation annuelle"),
    ("enseignants", ""): _("l’enseignant"),
    ("enseignant", "nom"): _("le nom de l’enseignant"),
    ("enseignant", "prenom"): _("le prénom de l’enseignant"),
    ("periode", "moyenne"): _("la moyenne"),
    ("structure", "moyenne"): _("la moyenne de la classe"),
    ("donnees", "eleve"): _("la liste des élèves"),
    ("scolarite", "evaluation"): _("le bilan des matières"),
}
# What stands for the sentence of each fault, after who and where.
FAULTS: Mapping[Fault, object] = {
    Fault.MISSING: _("il manque %(what)s."),
    Fault.UNKNOWN: _("« %(name)s » n’a pas sa place ici."),
    Fault.TOO_LONG: _("%(what)s a %(length)s caractères ; le livret en prend %(most)s au plus."),
    Fault.TOO_SHORT: _("%(what)s a %(length)s caractères ; le livret en demande %(least)s."),
    Fault.BLANK: _("%(what)s est vide."),
    Fault.FORBIDDEN: _("%(what)s contient un signe que le livret refuse (%(sign)s)."),
    Fault.NOT_A_WORD: _("%(what)s vaut « %(value)s », que le livret ne connaît pas."),
    Fault.NOT_A_NUMBER: _("%(what)s vaut « %(value)s » : le livret attend %(range)s."),
    Fault.NOT_A_DAY: _("%(what)s vaut « %(value)s », qui n’est pas une date."),
    Fault.NOT_A_FLAG: _("%(what)s vaut « %(value)s » : ce doit être oui ou non."),
    Fault.NOT_AN_ID: _("« %(value)s » n’est pas un identifiant du fichier."),
    Fault.DOUBLE_ID: _("l’identifiant « %(value)s » sert deux fois."),
    Fault.LOST: _("« %(value)s » n’est pas dans le fichier (%(what)s)."),
    Fault.DOUBLE: _("%(what)s « %(value)s » est aussi celui de %(other)s."),
    Fault.TOO_MANY: _("il y a %(value)s fois %(what)s ; le livret en prend %(most)s au plus."),
    Fault.TOO_FEW: _("il n’y a pas assez de valeurs pour %(what)s : le livret en demande %(least)s."),
    Fault.DISORDER: _("les éléments ne sont pas dans l’ordre."),
}
# (element, what) → the screen where it is mended; for others, see `SCREENS_OF_ELEMENTS`.
SCREENS: Mapping[tuple[str, str], Mend] = {
    ("eleve", "id-be"): Mend.IMPORT,
    ("eleve", "code-division"): Mend.IMPORT,
    ("enseignant", "id-sts"): Mend.IMPORT,
    ("enseignant", "type"): Mend.IMPORT,
    ("bilan-periodique", "date-conseil-classe"): Mend.COUNCIL,
    ("bilan-periodique", "date-verrou"): Mend.PERIODS,
    ("bilan-periodique", "prof-princ-refs"): Mend.TEAM,
    ("bilan-periodique", "responsable-etab-ref"): Mend.SCHOOL,
    ("bilan-periodique", "liste-acquis"): Mend.APPRECIATION,
    ("bilan-periodique", "vie-scolaire"): Mend.SCHOOL_LIFE,
    ("bilan-cycle", "responsable-etab-ref"): Mend.SCHOOL,
    ("acquis", "enseignant-refs"): Mend.TEAM,
    ("donnees", "responsables-etab"): Mend.SCHOOL,
    ("donnees", "eleves"): Mend.IMPORT,
}
SCREENS_OF_ELEMENTS: Mapping[str, Mend] = {
    "eleve": Mend.PERSON,
    "enseignant": Mend.PERSON,
    "discipline": Mend.SUBJECT,
    "periode": Mend.PERIODS,
    "responsable-etab": Mend.SCHOOL,
    "etablissement": Mend.SCHOOL,
    "entete": Mend.SCHOOL,
    "acquis": Mend.APPRECIATION,
    "appreciation": Mend.APPRECIATION,
    "element-programme": Mend.APPRECIATION,
    "vie-scolaire": Mend.SCHOOL_LIFE,
    "bilan-cycle": Mend.BALANCE,
    "domaine": Mend.BALANCE,
    "socle": Mend.BALANCE,
    "synthese": Mend.BALANCE,
    "responsable": Mend.PERSON,
    "adresse": Mend.PERSON,
}
