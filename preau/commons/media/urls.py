from django.urls import path

from preau.commons.media import views

app_name = "media"
urlpatterns = [
    path("medias/", views.shelf, name="shelf"),
    path("medias/envoyer/", views.send, name="send"),
    path("medias/envois/", views.tus, name="tus"),
    path("medias/envois/<str:public_id>/", views.part, name="part"),
    path("medias/envois/<str:public_id>/abandonner/", views.abandon, name="abandon"),
    path("medias/<str:public_id>/", views.medium, name="medium"),
    path("medias/<str:public_id>/mots/", views.words, name="words"),
    path("medias/<str:public_id>/supprimer/", views.remove, name="remove"),
    path("medias/<str:public_id>/<str:name>", views.bytes_of, name="bytes"),
]
