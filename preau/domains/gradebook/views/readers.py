"""Who reads an assessment from when, in the words of the teacher who publishes it or changes one of its marks."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.viewer import Viewer
from preau.domains.gradebook.models import Assessment
from preau.foundation import dates


def moment_said(viewer: Viewer, moment: datetime) -> str:
    """« demain à 22 h 33 »."""
    return f"{dates.near_day(dates.local(moment).date(), viewer.today)} à {dates.hour(moment)}"


def if_now(viewer: Viewer, delay: timedelta) -> str:
    """What publishing now would do, said before it is done."""
    if not delay:
        return _("Publiée maintenant, les élèves et les familles la lisent tout de suite.")
    then = moment_said(viewer, viewer.moment + delay)
    return _("Publiée maintenant, les élèves la lisent tout de suite, les familles %(then)s.") % {
        "then": then
    }


def publication_said(viewer: Viewer, published_at: datetime | None, delay: timedelta) -> str:
    """What was done, once it is."""
    if published_at is None:
        return _("Elle n’est pas publiée : ni les élèves ni les familles ne la lisent.")
    now, families = timezone.now(), published_at + delay
    words = {"when": moment_said(viewer, published_at), "then": moment_said(viewer, families)}
    if published_at > now and delay:
        return _("Les élèves la liront %(when)s, les familles %(then)s.") % words
    if published_at > now:
        return _("Les élèves et les familles la liront %(when)s.") % words
    if families > now:
        return _("Publiée : les élèves la lisent maintenant, les familles %(then)s.") % words
    return _("Publiée : les élèves et les familles la lisent.")


def change_said(viewer: Viewer, assessment: Assessment, *, erased: bool = False) -> str:
    """A mark has changed that pupils read already; nothing where they do not."""
    if not assessment.is_published(viewer.moment):
        return ""
    if erased:
        return _("déjà publiée : l’élève et la famille ne la liront plus. L’ancienne est gardée.")
    if families := _families_read(viewer, assessment):
        return (
            _(
                "déjà publiée : l’élève voit la nouvelle note, la famille la verra %(then)s. L’ancienne est gardée."
            )
            % families
        )
    return _("déjà publiée : l’élève et la famille verront la nouvelle note. L’ancienne est gardée.")


def changes_said(viewer: Viewer, assessment: Assessment, count: int, *, erased: bool) -> str:
    """The same of `count` marks; `erased`: of none of them is anything left."""
    if count == 1:
        one = change_said(viewer, assessment, erased=erased)
        return _("1 note a changé, %(told)s") % {"told": one} if one else ""
    if not assessment.is_published(viewer.moment):
        return ""
    facts = {"num": count} | _families_read(viewer, assessment)
    if erased:
        return (
            _(
                "%(num)s notes déjà publiées sont effacées : personne ne les lira plus. Les anciennes sont gardées."
            )
            % facts
        )
    if "then" in facts:
        return (
            _(
                "%(num)s notes déjà publiées ont changé : les élèves voient les nouvelles, les familles les verront "
                "%(then)s. Les anciennes sont gardées."
            )
            % facts
        )
    return (
        _(
            "%(num)s notes déjà publiées ont changé : les élèves et les familles verront les nouvelles. "
            "Les anciennes sont gardées."
        )
        % facts
    )


def _families_read(viewer: Viewer, assessment: Assessment) -> dict[str, str]:
    """When, where they do not read it yet."""
    at = assessment.guardians_at
    return {"then": moment_said(viewer, at)} if at and at > viewer.moment else {}
