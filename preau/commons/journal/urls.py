from django.urls import path

from preau.commons.journal import views

app_name = "journal"
urlpatterns = [path("etablissement/reglages/journal/", views.changes, name="changes")]
