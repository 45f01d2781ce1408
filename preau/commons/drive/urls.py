from django.urls import path

from preau.commons.drive.views import bringing, listing, one

app_name = "drive"
urlpatterns = [
    path("mes-fichiers/", listing.home, name="home"),
    path("mes-fichiers/classe/<int:pk>/", listing.group, name="group"),
    path("mes-fichiers/personnels/", listing.staff, name="staff"),
    path("mes-fichiers/recus/", listing.received, name="received"),
    path("mes-fichiers/corbeille/", listing.trash_bin, name="bin"),
    path("mes-fichiers/corbeille/vider/", listing.empty, name="empty"),
    path("mes-fichiers/deposer/", bringing.add, name="add"),
    path("mes-fichiers/nouveau-dossier/", bringing.add_folder, name="add_folder"),
    path("mes-fichiers/choisir/", listing.pick, name="pick"),
    path("mes-fichiers/emporter/", one.take_away, name="take_away"),
    path("mes-fichiers/geste/", bringing.gesture, name="gesture"),
    path("mes-fichiers/<int:pk>/", one.item, name="item"),
    path("mes-fichiers/<int:pk>/ranger/", bringing.change, name="change"),
    path("mes-fichiers/<int:pk>/copier/", bringing.copy, name="copy"),
    path("mes-fichiers/<int:pk>/jeter/", one.trash, name="trash"),
    path("mes-fichiers/<int:pk>/remettre/", one.restore, name="restore"),
    path("mes-fichiers/<int:pk>/archive/", one.archive, name="archive"),
    path("mes-fichiers/<int:pk>/partager/", one.share, name="share"),
    path("mes-fichiers/<int:pk>/version/", bringing.add_version, name="add_version"),
    path("mes-fichiers/partages/<int:pk>/arreter/", one.end_share, name="end_share"),
    path("mes-fichiers/versions/<int:pk>/reprendre/", bringing.restore_version, name="restore_version"),
    path("mes-fichiers/versions/<int:pk>/comparer/", one.compare, name="compare"),
]
