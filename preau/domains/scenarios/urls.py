from django.urls import path

from preau.domains.scenarios.views import opinions, public, qualifying, sharing, taking, workshop

app_name = "scenarios"
urlpatterns = [
    path("scenarios/", public.home, name="home"),
    path("scenarios/<slug:code>/", public.scenario, name="scenario"),
    path("scenarios/<slug:code>/papier/", public.paper, name="paper"),
    path("qualification/", qualifying.qualifications, name="qualifications"),
    path("qualification/ouvrir/", qualifying.qualify, name="qualify"),
    path("qualification/<int:pk>/", qualifying.qualification, name="qualification"),
    path("avis/", opinions.reviews, name="reviews"),
    path("signaler/", opinions.report, name="report"),
    path("mon-espace/avis/", opinions.review, name="review"),
    path("mon-espace/avis/<int:pk>/retirer/", opinions.remove_review, name="remove_review"),
    path("mon-espace/moderation/<int:pk>/", opinions.appeal, name="appeal"),
    path("plateforme/moderation/", opinions.cases, name="cases"),
    path("plateforme/moderation/<int:pk>/", opinions.case, name="case"),
    path("mon-espace/", workshop.space, name="space"),
    path("mon-espace/reprendre/", taking.take_up, name="take_up"),
    path("mon-espace/scenarios/", workshop.create, name="create"),
    path("mon-espace/scenarios/<int:pk>/", workshop.workshop, name="workshop"),
    path("mon-espace/scenarios/<int:pk>/fiche/", workshop.facts, name="facts"),
    path("mon-espace/scenarios/<int:pk>/etapes/", workshop.add_step, name="add_step"),
    path("mon-espace/scenarios/<int:pk>/etapes/<slug:key>/", workshop.step, name="step"),
    path("mon-espace/scenarios/<int:pk>/etapes/<slug:key>/ranger/", workshop.arrange, name="arrange"),
    path("mon-espace/scenarios/<int:pk>/publier/", sharing.publish, name="publish"),
    path("mon-espace/scenarios/<int:pk>/depublier/", sharing.withdraw, name="withdraw"),
    path("mon-espace/scenarios/<int:pk>/supprimer/", workshop.remove, name="remove"),
    path("mon-espace/scenarios/<int:pk>/remettre/", workshop.restore, name="restore"),
    path("mon-espace/scenarios/<int:pk>/versions/", sharing.versions, name="versions"),
    path("mon-espace/scenarios/<int:pk>/auteurs/", sharing.authors, name="authors"),
    path("mon-espace/versions/<int:pk>/reprendre/", sharing.go_back, name="go_back"),
    path("mon-espace/auteurs/<int:pk>/", sharing.invitation, name="invitation"),
    path("mon-espace/auteurs/<int:pk>/quitter/", sharing.leave, name="leave"),
    path("mon-espace/auteurs/<int:pk>/retirer/", sharing.take_out, name="take_out"),
]
