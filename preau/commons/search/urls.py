from django.urls import path

from preau.commons.search import views

app_name = "search"
urlpatterns = [path("recherche/", views.search, name="search")]
