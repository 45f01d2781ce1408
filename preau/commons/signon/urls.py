from django.urls import path

from preau.commons.signon.views import (
    cas,
    confirming,
    oidc,
    oidc_leaving,
    oidc_server,
    register,
    saml,
    saml_leaving,
    secrets,
)

app_name = "signon"
urlpatterns = [
    path("services-relies/", register.services, name="services"),
    path("services-relies/registre/", register.register, name="register"),
    path("services-relies/registre/ajouter/", register.create, name="create"),
    path("services-relies/registre/<str:public_id>/", register.service, name="service"),
    path("services-relies/registre/<str:public_id>/modifier/", register.change, name="change"),
    path("services-relies/registre/<str:public_id>/secret/", secrets.secret, name="secret"),
    path(".well-known/openid-configuration", oidc_server.configuration, name="oidc_configuration"),
    path("oidc/authorize", oidc.authorize, name="oidc_authorize"),
    path("oidc/confirmer/", oidc.confirm, name="oidc_confirm"),
    path("oidc/token", oidc_server.token, name="oidc_token"),
    path("oidc/userinfo", oidc_server.userinfo, name="oidc_userinfo"),
    path("oidc/jwks", oidc_server.keys, name="oidc_keys"),
    path("oidc/logout", oidc_leaving.logout, name="oidc_logout"),
    path("oidc/deconnexion", oidc_leaving.leave, name="oidc_leave"),
    path("saml/metadata", saml.metadata, name="saml_metadata"),
    path("saml/sso", saml.sso, name="saml_sso"),
    path("saml/suite", saml.go_on, name="saml_next"),
    path("saml/ouvrir", saml.open_service, name="saml_open"),
    path("saml/confirmer/", saml.confirm, name="saml_confirm"),
    path("saml/slo", saml_leaving.logout, name="saml_logout"),
    path("saml/deconnexion", saml_leaving.leave, name="saml_leave"),
    # The addresses of CAS are those that its clients build: no slash at their end.
    path("cas/login", cas.login, name="login"),
    path("cas/confirmer/", confirming.confirm, name="confirm"),
    path("cas/logout", cas.logout, name="logout"),
    path("cas/validate", cas.validate, name="validate"),
    path("cas/serviceValidate", cas.service_validate, name="service_validate"),
    path("cas/proxyValidate", cas.proxy_validate, name="proxy_validate"),
    path("cas/p3/serviceValidate", cas.p3_service_validate, name="p3_service_validate"),
    path("cas/p3/proxyValidate", cas.p3_proxy_validate, name="p3_proxy_validate"),
    path("cas/proxy", cas.proxy, name="proxy"),
]
