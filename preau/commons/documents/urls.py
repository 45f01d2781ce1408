from django.urls import path

from preau.commons.documents.views import comments, history, keeping, one, pictures

app_name = "documents"
urlpatterns = [
    path("documents/", keeping.home, name="home"),
    path("documents/nouveau/", keeping.new, name="new"),
    path("documents/corbeille/", keeping.trash_bin, name="bin"),
    path("documents/<int:pk>/", one.document, name="document"),
    path("documents/<int:pk>/suite/", one.follow, name="follow"),
    path("documents/<int:pk>/envoi/", one.send, name="send"),
    path("documents/<int:pk>/presence/", one.here, name="here"),
    path("documents/<int:pk>/tour/", one.take_turn, name="take_turn"),
    path("documents/<int:pk>/ecrire/", one.write, name="write"),
    path("documents/<int:pk>/image/", pictures.put, name="put_picture"),
    path("documents/<int:pk>/titre/", keeping.rename, name="rename"),
    path("documents/<int:pk>/emporter/", keeping.export, name="export"),
    path("documents/<int:pk>/jeter/", keeping.throw_away, name="throw_away"),
    path("documents/<int:pk>/remettre/", keeping.restore, name="restore"),
    path("documents/<int:pk>/historique/", history.history, name="history"),
    path("documents/<int:pk>/historique/nommer/", history.name_version, name="name_version"),
    path("documents/versions/<int:pk>/", history.version, name="version"),
    path("documents/versions/<int:pk>/reprendre/", history.restore_version, name="restore_version"),
    path("documents/<int:pk>/commentaires/", comments.comments, name="comments"),
    path("documents/commentaires/<int:pk>/repondre/", comments.answer, name="answer"),
    path("documents/commentaires/<int:pk>/traiter/", comments.settle, name="settle"),
    path("documents/commentaires/<int:pk>/accepter/", comments.accept, name="accept"),
    path("documents/commentaires/<int:pk>/refuser/", comments.refuse, name="refuse"),
    path("documents/commentaires/<int:pk>/retirer/", comments.withdraw, name="withdraw"),
]
