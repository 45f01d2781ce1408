from django.urls import path

from preau.commons.privacy import views

app_name = "privacy"
urlpatterns = [
    path("mes-donnees/", views.own_data, name="own_data"),
    path("mes-donnees/consultations/", views.readings, name="readings"),
    path("mes-donnees/export/", views.export, name="export"),
    path("mes-donnees/<slug:key>/", views.part, name="part"),
]
