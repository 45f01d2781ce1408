from django.urls import path

from preau.commons.files import views

app_name = "files"
urlpatterns = [
    path("fichiers/<str:public_id>/", views.file, name="file"),
    path("fichiers/<str:public_id>/apercu/", views.glimpse, name="glimpse"),
]
