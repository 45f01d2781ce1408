from django.urls import path

from preau.identity import views

app_name = "identity"
urlpatterns = [
    path("connexion/", views.sign_in, name="sign_in"),
    path("deconnexion/", views.sign_out, name="sign_out"),
    path("profil/changer/", views.switch, name="switch"),
    path("reprendre/", views.resume, name="resume"),
]
