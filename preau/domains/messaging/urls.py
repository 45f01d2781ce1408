from django.urls import path

from preau.domains.messaging.views import boxes, safety, writing

app_name = "messaging"
urlpatterns = [
    path("messages/", boxes.box, name="box"),
    path("messages/ecrire/", writing.write, name="write"),
    path("messages/brouillons/<int:pk>/", writing.draft, name="draft"),
    path("messages/brouillons/<int:pk>/envoyer/", writing.send, name="send"),
    path("messages/brouillons/<int:pk>/jeter/", writing.discard, name="discard"),
    path("messages/conversations/<int:pk>/", boxes.thread, name="thread"),
    path("messages/gestes/", boxes.gesture, name="gesture"),
    path("messages/dossiers/", boxes.add_folder, name="add_folder"),
    path("messages/dossiers/<int:pk>/supprimer/", boxes.remove_folder, name="remove_folder"),
    path("messages/envoyes/<int:pk>/rappeler/", writing.recall, name="recall"),
    path("messages/envoyes/<int:pk>/reprendre/", writing.call_back, name="call_back"),
    path("messages/envoyes/<int:pk>/signaler/", safety.report_message, name="report_message"),
    path("messages/preferences/", boxes.preferences, name="preferences"),
    path("messages/qui-ecrit-a-qui/", boxes.table, name="table"),
    path("messages/demander-de-l-aide/", safety.ask_help, name="ask_help"),
    path("messages/surveillance/", safety.watch, name="watch"),
    path("messages/surveillance/signalements/<int:pk>/", safety.report_page, name="report_page"),
    path("messages/surveillance/messages/<int:pk>/", safety.held_page, name="held_page"),
    path("messages/surveillance/messages/<int:pk>/transmettre/", safety.release, name="release"),
    path("messages/surveillance/messages/<int:pk>/refuser/", safety.refuse, name="refuse"),
    path("messages/surveillance/geler/", safety.freeze, name="freeze"),
    path("messages/surveillance/enquetes/<int:pk>/", safety.inquiry, name="inquiry"),
    path("messages/surveillance/enquetes/<int:pk>/rendre/", safety.thaw, name="thaw"),
    path("messages/surveillance/freins/", safety.brake, name="brake"),
    path("messages/surveillance/freins/<int:pk>/lever/", safety.lift, name="lift"),
    path("etablissement/reglages/messages/", safety.policy, name="policy"),
]
