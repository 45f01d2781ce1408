"""The words of LTI 1.3 Advantage, as 1EdTech writes them, and what a service may be allowed beyond opening."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

VERSION = "1.3.0"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"
GRADES = "https://purl.imsglobal.org/spec/lti-ags/scope/"
GRADES_CLAIM = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
MEMBERS_CLAIM = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
MEMBERS_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
OPEN_LINK, CHOOSE, CHOSEN = "LtiResourceLinkRequest", "LtiDeepLinkingRequest", "LtiDeepLinkingResponse"
CLASS = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
LEARNER, INSTRUCTOR, MENTOR, ADMINISTRATOR = (
    f"{MEMBERSHIP}{one}" for one in ("Learner", "Instructor", "Mentor", "Administrator")
)
LINE, LINES, SCORE, RESULT = (
    f"{GRADES}{one}" for one in ("lineitem", "lineitem.readonly", "score", "result.readonly")
)
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LINE_KIND = "application/vnd.ims.lis.v2.lineitem+json"
LINES_KIND = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE_KIND = "application/vnd.ims.lis.v1.score+json"
RESULTS_KIND = "application/vnd.ims.lis.v2.resultcontainer+json"
MEMBERS_KIND = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
# Where a pupil is, and where whoever corrects is (AGS 2.0, 3.4.8 and 3.4.9).
ACTIVITY = {
    "Initialized": _("pas commencée"),
    "Started": _("commencée"),
    "InProgress": _("en cours"),
    "Submitted": _("rendue"),
    "Completed": _("terminée"),
}
GRADING = {
    "FullyGraded": _("notée"),
    "Pending": _("note en attente"),
    "PendingManual": _("note en attente"),
    "Failed": _("non notée"),
    "NotReady": _("pas de note"),
}


@dataclass(frozen=True)
class Allowed:
    """Something that a service may do by itself, once the school has agreed. `scopes`: by which tokens."""

    key: str
    label: Any
    why: Any
    scopes: tuple[str, ...]


# The closed list. To be opened by somebody is no choice: it is what linking a service means.
ALLOWED = {
    one.key: one
    for one in (
        Allowed(
            "columns",
            _("Annoncer ce qui sera noté"),
            _("Prévoir une note pour chaque exercice."),
            (LINE, LINES),
        ),
        Allowed(
            "scores",
            _("Envoyer les résultats des élèves"),
            _("Dire au professeur et à l’élève ce qui est réussi."),
            (SCORE,),
        ),
        Allowed(
            "results",
            _("Relire les résultats qu’il a envoyés"),
            _("Reprendre un exercice là où il en était."),
            (RESULT,),
        ),
        Allowed(
            "members",
            _("Lire la liste de la classe"),
            _("Montrer au professeur qui n’a pas commencé."),
            (MEMBERS_SCOPE,),
        ),
    )
}
