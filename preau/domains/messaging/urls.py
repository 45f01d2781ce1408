from django.urls import path

from preau.domains.messaging import views

app_name = "messaging"
urlpatterns = [
    path("messages/", views.box, name="box"),
    path("messages/ecrire/", views.write, name="write"),
    path("messages/brouillons/<int:pk>/", views.draft, name="draft"),
    path("messages/brouillons/<int:pk>/envoyer/", views.send, name="send"),
    path("messages/brouillons/<int:pk>/jeter/", views.discard, name="discard"),
    path("messages/conversations/<int:pk>/", views.thread, name="thread"),
    path("messages/gestes/", views.gesture, name="gesture"),
    path("messages/dossiers/", views.add_folder, name="add_folder"),
    path("messages/dossiers/<int:pk>/supprimer/", views.remove_folder, name="remove_folder"),
    path("messages/envoyes/<int:pk>/rappeler/", views.recall, name="recall"),
    path("messages/envoyes/<int:pk>/reprendre/", views.call_back, name="call_back"),
    path("messages/envoyes/<int:pk>/signaler/", views.report_message, name="report_message"),
    path("messages/preferences/", views.preferences, name="preferences"),
    path("messages/qui-ecrit-a-qui/", views.table, name="table"),
    path("messages/demander-de-l-aide/", views.ask_help, name="ask_help"),
    path("messages/surveillance/", views.watch, name="watch"),
    path("messages/surveillance/signalements/<int:pk>/", views.report_page, name="report_page"),
    path("messages/surveillance/messages/<int:pk>/", views.held_page, name="held_page"),
    path("messages/surveillance/messages/<int:pk>/transmettre/", views.release, name="release"),
    path("messages/surveillance/messages/<int:pk>/refuser/", views.refuse, name="refuse"),
    path("messages/surveillance/geler/", views.freeze, name="freeze"),
    path("messages/surveillance/enquetes/<int:pk>/", views.inquiry, name="inquiry"),
    path("messages/surveillance/enquetes/<int:pk>/rendre/", views.thaw, name="thaw"),
    path("messages/surveillance/freins/", views.brake, name="brake"),
    path("messages/surveillance/freins/<int:pk>/lever/", views.lift, name="lift"),
    path("etablissement/reglages/messages/", views.policy, name="policy"),
]
