from django.urls import path

from preau.domains.paperwork.views import checking, collecting, families

app_name = "paperwork"
urlpatterns = [
    path("pieces/", families.dossiers, name="dossiers"),
    path("pieces/<int:pk>/", families.dossier, name="dossier"),
    path("pieces/<int:pk>/envoyer/", families.send, name="send"),
    path("pieces/<int:pk>/envoyer-tout/", families.send_kept, name="send_kept"),
    path("pieces/<int:pk>/reprendre/", families.use_again, name="use_again"),
    path("pieces/<int:pk>/retirer/", families.drop_kept, name="drop_kept"),
    path("pieces-a-fournir/", collecting.collections, name="collections"),
    path("pieces-a-fournir/nouvelle/", collecting.write, name="write"),
    path("pieces-a-fournir/<int:pk>/", collecting.collection, name="collection"),
    path("pieces-a-fournir/<int:pk>/modifier/", collecting.change, name="change"),
    path("pieces-a-fournir/<int:pk>/pieces/", collecting.add_piece, name="add_piece"),
    path("pieces-a-fournir/<int:pk>/pieces/retirer/", collecting.remove_piece, name="remove_piece"),
    path("pieces-a-fournir/<int:pk>/ouvrir/", collecting.open_to_families, name="open"),
    path("pieces-a-fournir/<int:pk>/supprimer/", collecting.remove, name="remove"),
    path("pieces-a-fournir/<int:pk>/arrives/", collecting.ask_arrived, name="ask_arrived"),
    path("pieces-a-fournir/<int:pk>/relancer/", collecting.remind, name="remind"),
    path("pieces-a-fournir/<int:pk>/prolonger/", collecting.put_off, name="put_off"),
    path("pieces-a-fournir/<int:pk>/terminer/", collecting.close, name="close"),
    path("pieces-a-fournir/<int:pk>/suivi.csv", collecting.export, name="export"),
    path("pieces-a-fournir/<int:pk>/sur-papier/", collecting.on_paper, name="on_paper"),
    path("pieces-a-fournir/<int:pk>/sur-papier/lettres.pdf", collecting.sheets, name="sheets"),
    path("pieces-a-fournir/<int:pk>/archive/", collecting.ask_bundle, name="ask_bundle"),
    path("pieces-a-fournir/<int:pk>/verifier/", checking.check, name="check"),
    path("pieces-a-fournir/eleve/<int:pk>/", checking.pupil, name="pupil"),
    path("pieces-a-fournir/eleve/<int:pk>/papier/", checking.note_paper, name="note_paper"),
    path("pieces-a-fournir/envoi/<int:pk>/accepter/", checking.accept, name="accept"),
    path("pieces-a-fournir/envoi/<int:pk>/refuser/", checking.refuse, name="refuse"),
    path("pieces-a-fournir/envoi/<int:pk>/revoir/", checking.look_again, name="look_again"),
]
