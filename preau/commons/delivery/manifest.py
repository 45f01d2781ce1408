"""What the hours of delivery show to the rest, and what they hold about people."""

from django.utils.translation import gettext_lazy as _

from preau.commons.delivery import actions
from preau.foundation import boards
from preau.foundation.boards import FieldClass, PersonalData, Retention
from preau.foundation.readers import on_themselves

boards.personal_data.add(
    PersonalData(
        _("Mes heures"),
        "delivery.PersonPolicy",
        "person",
        purpose=_("Ne rien envoyer à une personne aux heures qu’elle garde pour elle."),
        legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
        readers=on_themselves(),
        keep=Retention.ACCOUNT,
        fields=dict.fromkeys(["person", "quiet", "days"], FieldClass.PERSONAL),
        forget=actions.forget_hours,
    )
)
