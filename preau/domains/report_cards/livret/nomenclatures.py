"""Codes of the livret that Préau names itself: public words of the programmes and of the Code de l’éducation, in no file of anybody.

A table that a school brings (matières, MEF) is read by the directory; what is here is what the forms of the livret offer.
"""

from django.utils.translation import gettext_lazy as _

# Article D. 311-12 and the four parcours éducatifs.
COURSES = {
    "PAR_AVN": _("Parcours avenir"),
    "PAR_CIT": _("Parcours citoyen"),
    "PAR_ART": _("Parcours d’éducation artistique et culturelle"),
    "PAR_SAN": _("Parcours éducatif de santé"),
}
PLANS = {
    "PAP": _("Plan d’accompagnement personnalisé"),
    "PAI": _("Projet d’accueil individualisé"),
    "PPRE": _("Programme personnalisé de réussite éducative"),
    "PPS": _("Projet personnalisé de scolarisation"),
    "ULIS": _("Unité localisée pour l’inclusion scolaire"),
    "UPE2A": _("Unité pédagogique pour élèves allophones arrivants"),
    "SEGPA": _("Section d’enseignement général et professionnel adapté"),
    "CTR": _("Contrat de réussite"),
}
# Plans that say more, and the field that says it.
PLANS_WITH_WORDS = {"PPRE": "success_programme", "CTR": "success_contract"}
THEMES = {
    "EPI_SAN": _("Corps, santé, bien-être et sécurité"),
    "EPI_ART": _("Culture et création artistiques"),
    "EPI_EDD": _("Transition écologique et développement durable"),
    "EPI_ICC": _("Information, communication, citoyenneté"),
    "EPI_LGA": _("Langues et cultures de l’Antiquité"),
    "EPI_LGE": _("Langues et cultures étrangères ou régionales"),
    "EPI_PRO": _("Monde économique et professionnel"),
    "EPI_STS": _("Sciences, technologie et société"),
}
# The components of the socle, shortly: their whole names are in the house of competences.
COMPONENTS = {
    "CPD_FRA": _("langue française"),
    "CPD_ETR": _("langues étrangères"),
    "CPD_SCI": _("langages mathématiques et scientifiques"),
    "CPD_ART": _("langages des arts et du corps"),
    "MET_APP": _("méthodes et outils pour apprendre"),
    "FRM_CIT": _("formation du citoyen"),
    "SYS_NAT": _("systèmes naturels et techniques"),
    "REP_MND": _("représentations du monde"),
}
