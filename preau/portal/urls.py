from django.urls import path

from preau.portal import installed, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("app.webmanifest", installed.app_manifest, name="app_manifest"),
    path("sw.js", installed.service_worker, name="service_worker"),
    path("hors-ligne/", installed.offline, name="offline"),
    path("demonstration/", views.demonstration, name="demonstration"),
]
