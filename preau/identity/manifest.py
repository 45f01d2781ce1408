"""What identity shows: its public page, its share of the demonstration, what it holds about people."""

from django.utils.translation import gettext_lazy as _

from preau.foundation import boards
from preau.foundation.boards import FieldClass, PersonalData, Retention
from preau.identity import actions, seeds

boards.public_routes.add(boards.PublicRoute("identity:sign_in", in_sitemap=True))
boards.seeds.add(boards.Seed("comptes", seeds.plant, order=10))
boards.personal_data.add(
    PersonalData(
        label=_("Compte"),
        model="identity.Account",
        person="person",
        purpose=_("Ouvrir l’espace numérique à la bonne personne, et à elle seule."),
        legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
        recipients=_("La personne elle-même."),
        keep=Retention.ACCOUNT,
        forget=actions.close_account,
        fields={
            "person": FieldClass.PERSONAL,
            "login": FieldClass.PERSONAL,
            "password": FieldClass.PERSONAL,
            "is_active": FieldClass.PERSONAL,
            "created_at": FieldClass.PERSONAL,
            "last_login": FieldClass.PERSONAL,
        },
    )
)
