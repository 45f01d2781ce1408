from django.urls import path

from preau.domains.report_cards.views import campaign, cards, councils, livret, phrases, settings, writing

app_name = "report_cards"
urlpatterns = [
    path("bulletins/", writing.index, name="index"),
    path("bulletins/classes/<int:pk>/appreciations/", writing.write, name="write"),
    path("bulletins/classes/<int:pk>/appreciations/une/", writing.save, name="save"),
    path("bulletins/phrases/", phrases.phrases, name="phrases"),
    path("bulletins/phrases/<int:pk>/supprimer/", phrases.drop_phrase, name="drop_phrase"),
    path("bulletins/classes/<int:pk>/conseil/", councils.council, name="council"),
    path("bulletins/classes/<int:pk>/conseil/ecrire/", councils.describe, name="describe"),
    path("bulletins/classes/<int:pk>/conseil/clore/", councils.close, name="close"),
    path("bulletins/classes/<int:pk>/conseil/eleve/", councils.pupil, name="pupil"),
    path("bulletins/classes/<int:pk>/conseil/eleve/valider/", councils.decide, name="decide"),
    path("bulletins/classes/<int:pk>/conseil/absences/", councils.absences, name="absences"),
    path("bulletins/classes/<int:pk>/conseil/projeter/", councils.screen, name="screen"),
    path("bulletins/classes/<int:pk>/conseil/proces-verbal/", councils.minutes, name="minutes"),
    path("bulletins/classes/<int:pk>/conseil/proces-verbal.pdf", councils.minutes_pdf, name="minutes_pdf"),
    path("bulletins/campagne/", campaign.campaign, name="campaign"),
    path("bulletins/campagne/rappeler/", campaign.remind, name="remind"),
    path("bulletins/campagne/chiffres/", campaign.campaign_figures, name="figures"),
    path("bulletins/campagne/chiffres.csv", campaign.figures_csv, name="figures_csv"),
    path("bulletins/livret/", livret.livret, name="livret"),
    path("bulletins/livret/preparer/", livret.prepare_livret, name="prepare_livret"),
    path("bulletins/classes/<int:pk>/", cards.class_cards, name="cards"),
    path("bulletins/classes/<int:pk>/preparer/", cards.prepare, name="prepare"),
    path("bulletins/classes/<int:pk>/remettre/", cards.publish, name="publish"),
    path("bulletins/recus/", cards.own, name="own"),
    path("bulletins/<int:pk>/", cards.card, name="card"),
    path("etablissement/reglages/bulletins/", settings.settings, name="settings"),
]
