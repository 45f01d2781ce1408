from django.urls import path

from preau.domains.exams import views

app_name = "exams"
urlpatterns = [
    path("annales/", views.home, name="home"),
    path("annales/recherche/", views.find, name="search"),
    path("annales/recherche/suggestions/", views.suggest, name="suggestions"),
    path("annales/recherche/flux.atom", views.feed, name="feed"),
    path("annales/panier/", views.basket, name="basket"),
    path("annales/panier/sujet.html", views.basket_page, name="basket_page"),
    path("annales/panier/sujet.pdf", views.basket_pdf, name="basket_pdf"),
    path("annales/entrainement/", views.train, name="training"),
    path("annales/exercice/<slug:code>/", views.exercise, name="exercise"),
    path("annales/<slug:exam>/", views.exam, name="exam"),
    path("annales/<slug:exam>/<slug:slug>/", views.paper, name="paper"),
    path("annales/<slug:exam>/<slug:slug>/sujet.pdf", views.paper_pdf, name="paper_pdf"),
    path("annales/<slug:exam>/<slug:slug>/corrige/", views.correction, name="correction"),
    path("annales/<slug:exam>/<slug:slug>/corrige.pdf", views.correction_pdf, name="correction_pdf"),
]
