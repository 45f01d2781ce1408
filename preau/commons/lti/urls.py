from django.urls import path

from preau.commons.lti.views import activities, adding, authorize, grades, members, server, settings

app_name = "lti"
urlpatterns = [
    path("activites/", activities.activities, name="activities"),
    path("activites/ajouter/", adding.add, name="add"),
    path("activites/choix/<str:public_id>/", adding.choice, name="choice"),
    path("activites/<str:public_id>/", activities.activity, name="activity"),
    path("activites/<str:public_id>/ouvrir/", activities.launch, name="launch"),
    path("activites/<str:public_id>/modifier/", activities.change, name="change"),
    path("activites/<str:public_id>/retirer/", activities.end, name="end"),
    path("activites/<str:public_id>/remettre/", activities.restore, name="restore"),
    path("activites/<str:public_id>/resultats.csv", activities.export, name="export"),
    path("services-relies/registre/<str:public_id>/lti/", settings.tool, name="tool"),
    path("services-relies/registre/<str:public_id>/accord/", settings.agreement, name="agreement"),
    # Addresses of the protocol: no slash at their end, as those of OpenID Connect.
    path("lti/authorize", authorize.authorize, name="authorize"),
    path("lti/token", server.token, name="token"),
    path("lti/choix", adding.chosen, name="chosen"),
    path("lti/classes/<str:number>/members", members.members, name="members"),
    path("lti/classes/<str:number>/lineitems", grades.lines, name="lines"),
    path("lti/classes/<str:number>/lineitems/<str:line>", grades.line, name="line"),
    path("lti/classes/<str:number>/lineitems/<str:line>/scores", grades.scores, name="scores"),
    path("lti/classes/<str:number>/lineitems/<str:line>/results", grades.results, name="results"),
]
