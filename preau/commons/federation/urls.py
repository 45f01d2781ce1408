from django.urls import path

from preau.commons.federation.views import arriving, links, oidc, saml, saml_settings, settling

app_name = "federation"
urlpatterns = [
    path("connexion/autres/", arriving.others, name="others"),
    path("connexion/relier/", arriving.link, name="link"),
    path("connexion/au-revoir/", arriving.goodbye, name="goodbye"),
    path("connexion/par/<str:public_id>/", arriving.start, name="start"),
    path("connexion/par/<str:public_id>/retour", oidc.back, name="back"),
    path("connexion/par/<str:public_id>/fin", oidc.ended, name="ended"),
    path("connexion/par/<str:public_id>/saml/metadata", saml.metadata, name="saml_metadata"),
    path("connexion/par/<str:public_id>/saml/acs", saml.acs, name="saml_acs"),
    path("connexion/par/<str:public_id>/saml/arrivee", saml.arrival, name="saml_arrival"),
    path("connexion/par/<str:public_id>/saml/slo", saml.logout, name="saml_logout"),
    path("profil/comptes-relies/", links.links, name="links"),
    path("profil/comptes-relies/<str:public_id>/delier/", links.cut, name="cut"),
    path("comptes/personnes/<str:public_id>/comptes-relies/", links.person_links, name="person_links"),
    path("connexions/", settling.providers, name="providers"),
    path("connexions/ajouter/", settling.create, name="create"),
    path("connexions/seulement/", settling.only_ways, name="only_ways"),
    path("connexions/secours/", settling.local_door, name="local_door"),
    path("connexions/<str:public_id>/", settling.provider, name="provider"),
    path("connexions/<str:public_id>/modifier/", settling.change, name="change"),
    path("connexions/<str:public_id>/secret/", settling.secret, name="secret"),
    path("connexions/<str:public_id>/essayer/", settling.attempt, name="attempt"),
    path("connexions/<str:public_id>/saml/", saml_settings.settings, name="saml"),
]
