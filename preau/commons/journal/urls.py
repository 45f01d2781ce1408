from django.urls import path

from preau.commons.journal import views

app_name = "journal"
urlpatterns = [
    path("etablissement/reglages/journal/", views.changes, name="changes"),
    path("etablissement/journal/", views.lines, name="lines"),
    path("etablissement/journal/extraits/", views.extracts, name="extracts"),
    path("etablissement/journal/extraits/demander/", views.extract, name="extract"),
]
