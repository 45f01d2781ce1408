from django.urls import path

from preau.commons.privacy.views import answering, asking, breach, own, register, terms

app_name = "privacy"
urlpatterns = [
    path("mes-donnees/", own.own_data, name="own_data"),
    path("mes-donnees/consultations/", own.readings, name="readings"),
    path("mes-donnees/export/", own.export, name="export"),
    path("mes-donnees/demandes/", asking.requests, name="requests"),
    path("mes-donnees/demandes/nouvelle/", asking.ask, name="ask"),
    path("mes-donnees/demandes/<int:pk>/", asking.asked, name="asked"),
    path("mes-donnees/demandes/<int:pk>/ajouter/", asking.add_line, name="add_line"),
    path("mes-donnees/demandes/<int:pk>/retirer/", asking.withdraw, name="withdraw"),
    path("mes-donnees/demandes/lignes/<int:pk>/", asking.change_line, name="change_line"),
    path("demandes-donnees/", answering.queue, name="queue"),
    path("demandes-donnees/<int:pk>/", answering.handle, name="handle"),
    path("demandes-donnees/<int:pk>/prendre/", answering.take, name="take"),
    path("demandes-donnees/<int:pk>/prolonger/", answering.prolong, name="prolong"),
    path("demandes-donnees/<int:pk>/repondre/", answering.send_answer, name="send_answer"),
    path("demandes-donnees/<int:pk>/reprendre/", answering.take_back, name="take_back"),
    path("demandes-donnees/lignes/<int:pk>/", answering.answer_line, name="answer_line"),
    path("demandes-donnees/lignes/<int:pk>/effacer/", answering.erase, name="erase"),
    path("mes-donnees/<slug:key>/", own.part, name="part"),
    path("registre-des-traitements/", register.register, name="register"),
    path("registre-des-traitements/telecharger/", register.export_register, name="export_register"),
    path("donnees-a-terme/", terms.terms, name="terms"),
    path("donnees-a-terme/compter/", terms.count, name="count_terms"),
    path("donnees-a-terme/<int:pk>/", terms.run, name="run"),
    path("donnees-a-terme/<int:pk>/accepter/", terms.approve, name="approve_run"),
    path("donnees-a-terme/<int:pk>/confirmer/", terms.confirm, name="confirm_run"),
    path("donnees-a-terme/<int:pk>/reporter/", terms.postpone, name="postpone_run"),
    path("violation-de-donnees/", breach.breach, name="breach"),
    path("violation-de-donnees/contacts/", breach.breach_contacts, name="breach_contacts"),
    path("violation-de-donnees/papiers/", breach.breach_papers, name="breach_papers"),
]
