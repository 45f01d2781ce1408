from django.urls import include, path

from preau.portal import api, installed, public, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("a-repondre/", views.to_answer, name="to_answer"),
    path("app.webmanifest", installed.app_manifest, name="app_manifest"),
    path("sw.js", installed.service_worker, name="service_worker"),
    path("hors-ligne/", installed.offline, name="offline"),
    path("aide/", public.help_pages, name="help"),
    path("aide/premiers-pas/", views.first_visit, name="first_visit"),
    path("aide/premiers-pas/ranger/", views.settle_guide, name="settle_guide"),
    path("aide/<slug:key>/", public.guide, name="guide"),
    path("accessibilite/", public.accessibility, name="accessibility"),
    path("mentions-legales/", public.legal, name="legal"),
    path("donnees-personnelles/", public.privacy, name="privacy"),
    path("donnees-personnelles/registre/", public.register, name="register"),
    path("donnees-personnelles/<slug:key>/", public.privacy, name="privacy_house"),
    path("etat/", public.state, name="state"),
    path("sitemap.xml", public.sitemap, name="sitemap"),
    path("robots.txt", public.robots, name="robots"),
    path("api/", api.documentation, name="api"),
    path(f"{api.PREFIX}openapi.json", api.openapi, name="openapi"),
    path(api.PREFIX, include(api.addresses())),
    path("demonstration/", views.demonstration, name="demonstration"),
]
