from django.urls import path

from preau.domains.campaigns.views import campaigns, drafts, families

app_name = "campaigns"
urlpatterns = [
    path("messages-recus/", families.received, name="received"),
    path("vie-scolaire/campagnes/", campaigns.campaigns, name="campaigns"),
    path("vie-scolaire/campagnes/preparer/", drafts.start, name="start"),
    path("vie-scolaire/campagnes/choix/", drafts.from_list, name="from_list"),
    path("vie-scolaire/campagnes/<int:pk>/", campaigns.campaign, name="campaign"),
    path("vie-scolaire/campagnes/<int:pk>/texte/", drafts.text, name="text"),
    path("vie-scolaire/campagnes/<int:pk>/verifier/", drafts.check, name="check"),
    path("vie-scolaire/campagnes/<int:pk>/confirmer/", drafts.confirm, name="confirm"),
    path("vie-scolaire/campagnes/<int:pk>/abandonner/", drafts.drop, name="drop"),
    path("vie-scolaire/campagnes/<int:pk>/arreter/", campaigns.stop, name="stop"),
    path("vie-scolaire/campagnes/<int:pk>/reessayer/", campaigns.retry, name="retry"),
    path("vie-scolaire/campagnes/<int:pk>/postes/", campaigns.posted, name="posted"),
    path("vie-scolaire/campagnes/<int:pk>/courriers.pdf", campaigns.letters, name="letters"),
    path("vie-scolaire/campagnes/<int:pk>/export.csv", campaigns.export, name="export"),
    path("vie-scolaire/messages/<str:public_id>/", families.sent, name="sent"),
    path("vie-scolaire/joindre/<str:public_id>/", families.reach, name="reach"),
]
