from django.urls import path

from preau.domains.scenarios import views

app_name = "scenarios"
urlpatterns = [
    path("scenarios/", views.home, name="home"),
    path("scenarios/<slug:code>/", views.scenario, name="scenario"),
    path("scenarios/<slug:code>/papier/", views.paper, name="paper"),
    path("qualification/", views.qualifications, name="qualifications"),
    path("qualification/ouvrir/", views.qualify, name="qualify"),
    path("qualification/<int:pk>/", views.qualification, name="qualification"),
    path("avis/", views.reviews, name="reviews"),
    path("signaler/", views.report, name="report"),
    path("mon-espace/avis/", views.review, name="review"),
    path("mon-espace/avis/<int:pk>/retirer/", views.remove_review, name="remove_review"),
    path("mon-espace/moderation/<int:pk>/", views.appeal, name="appeal"),
    path("plateforme/moderation/", views.cases, name="cases"),
    path("plateforme/moderation/<int:pk>/", views.case, name="case"),
    path("mon-espace/", views.space, name="space"),
    path("mon-espace/reprendre/", views.take_up, name="take_up"),
    path("mon-espace/scenarios/", views.create, name="create"),
    path("mon-espace/scenarios/<int:pk>/", views.workshop, name="workshop"),
    path("mon-espace/scenarios/<int:pk>/fiche/", views.facts, name="facts"),
    path("mon-espace/scenarios/<int:pk>/etapes/", views.add_step, name="add_step"),
    path("mon-espace/scenarios/<int:pk>/etapes/<slug:key>/", views.step, name="step"),
    path("mon-espace/scenarios/<int:pk>/etapes/<slug:key>/ranger/", views.arrange, name="arrange"),
    path("mon-espace/scenarios/<int:pk>/publier/", views.publish, name="publish"),
    path("mon-espace/scenarios/<int:pk>/depublier/", views.withdraw, name="withdraw"),
    path("mon-espace/scenarios/<int:pk>/supprimer/", views.remove, name="remove"),
    path("mon-espace/scenarios/<int:pk>/remettre/", views.restore, name="restore"),
    path("mon-espace/scenarios/<int:pk>/versions/", views.versions, name="versions"),
    path("mon-espace/scenarios/<int:pk>/auteurs/", views.authors, name="authors"),
    path("mon-espace/versions/<int:pk>/reprendre/", views.go_back, name="go_back"),
    path("mon-espace/auteurs/<int:pk>/", views.invitation, name="invitation"),
    path("mon-espace/auteurs/<int:pk>/quitter/", views.leave, name="leave"),
    path("mon-espace/auteurs/<int:pk>/retirer/", views.take_out, name="take_out"),
]
