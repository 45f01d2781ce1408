from django.urls import path

from preau.domains.surveys.views import answering, asking, electing

app_name = "surveys"
urlpatterns = [
    path("sondages/", answering.surveys, name="surveys"),
    path("sondages/nouveau/", asking.write, name="write"),
    path("sondages/suivis/", asking.followed, name="followed"),
    path("sondages/repondre/<int:pk>/", answering.answer, name="answer"),
    path("sondages/<int:pk>/", asking.survey, name="survey"),
    path("sondages/<int:pk>/modifier/", asking.change, name="change"),
    path("sondages/<int:pk>/questions/", asking.add_question, name="add_question"),
    path("sondages/<int:pk>/questions/retirer/", asking.remove_question, name="remove_question"),
    path("sondages/<int:pk>/envoyer/", asking.send, name="send"),
    path("sondages/<int:pk>/supprimer/", asking.remove, name="remove"),
    path("sondages/<int:pk>/relancer/", asking.remind, name="remind"),
    path("sondages/<int:pk>/nouveaux/", asking.send_to_newcomers, name="send_to_newcomers"),
    path("sondages/<int:pk>/terminer/", asking.close, name="close"),
    path("sondages/<int:pk>/nouvelle-version/", asking.ask_again, name="ask_again"),
    path("sondages/<int:pk>/resultats/", asking.results, name="results"),
    path("sondages/<int:pk>/resultats.csv", asking.results_file, name="results_file"),
    path("elections/", electing.elections, name="elections"),
    path("elections/nouvelle/", electing.open_election, name="open_election"),
    path("elections/isoloir/", electing.booth, name="booth"),
    path("elections/voter/<int:pk>/", electing.vote, name="vote"),
    path("elections/candidatures/<int:pk>/decider/", electing.decide, name="decide"),
    path("elections/candidatures/<int:pk>/retirer/", electing.withdraw, name="withdraw"),
    path(
        "elections/candidatures/<int:pk>/suppleance/",
        electing.answer_as_substitute,
        name="answer_as_substitute",
    ),
    path("elections/<int:pk>/", electing.election, name="election"),
    path("elections/<int:pk>/candidature/", electing.stand, name="stand"),
    path("elections/<int:pk>/ouvrir/", electing.open_round, name="open_round"),
    path("elections/<int:pk>/depouiller/", electing.close_round, name="close_round"),
    path("elections/<int:pk>/codes.pdf", electing.codes, name="codes"),
    path("elections/<int:pk>/proces-verbal.pdf", electing.minutes, name="minutes"),
    path("delegues/", electing.delegates, name="delegates"),
    path("delegues/parents/", electing.name_parent, name="name_parent"),
    path("delegues/<int:pk>/retirer/", electing.end_delegate, name="end_delegate"),
]
