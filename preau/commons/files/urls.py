from django.urls import path

from preau.commons.files import dav, views

app_name = "files"
urlpatterns = [
    path("fichiers/<str:public_id>/", views.file, name="file"),
    path("fichiers/<str:public_id>/lire/", views.reading, name="reading"),
    path("fichiers/<str:public_id>/apercu/", views.glimpse, name="glimpse"),
    # With and without its slash: the file manager of Windows follows no redirection.
    path("dav/fichiers", dav.tree, name="drive_bare"),
    path("dav/fichiers/", dav.tree, name="drive"),
    path("dav/fichiers/<path:path>", dav.tree, name="in_drive"),
]
