from django.urls import path

from preau.commons.delivery import views

app_name = "delivery"
urlpatterns = [
    path("etablissement/reglages/heures-d-envoi/", views.school, name="school"),
    path("plateforme/envois/", views.carriers, name="carriers"),
    path("plateforme/envois/<slug:key>/renvoyer/", views.resend, name="resend"),
]
