from django.urls import path

from preau.commons.signon.views import cas, confirming, register

app_name = "signon"
urlpatterns = [
    path("services-relies/", register.services, name="services"),
    path("services-relies/registre/", register.register, name="register"),
    path("services-relies/registre/ajouter/", register.create, name="create"),
    path("services-relies/registre/<str:public_id>/", register.service, name="service"),
    path("services-relies/registre/<str:public_id>/modifier/", register.change, name="change"),
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
