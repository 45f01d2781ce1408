from django.urls import path

from preau.directory.views import columns, departures, duplicates, families, people, settings, tables
from preau.directory.views import deliveries as views

app_name = "directory"
urlpatterns = [
    path("annuaire/personnes/<str:public_id>/", people.person, name="person"),
    path("annuaire/responsabilites/<int:pk>/", families.guardianship, name="guardianship"),
    path("annuaire/responsabilites/<int:pk>/retirer/", families.lift_ruling, name="lift_ruling"),
    path("annuaire/doublons/", duplicates.duplicates, name="duplicates"),
    path("annuaire/doublons/fusions/", duplicates.merges, name="merges"),
    path("annuaire/doublons/fusions/<int:pk>/separer/", duplicates.undo_merge, name="undo_merge"),
    path("annuaire/doublons/<str:public_id>/<str:other>/", duplicates.pair, name="pair"),
    path("annuaire/doublons/<str:one>/<str:other>/fusionner/", duplicates.merge, name="merge"),
    path(
        "annuaire/doublons/<str:public_id>/<str:other>/distinguer/", duplicates.tell_apart, name="tell_apart"
    ),
    path("annuaire/exporter/<slug:key>/", tables.export, name="export"),
    path("annuaire/departs/", departures.departures, name="departures"),
    path("annuaire/departs/exporter/", departures.export, name="export_departures"),
    path("annuaire/departs/<str:public_id>/", departures.leaver, name="leaver"),
    path("annuaire/departs/<str:public_id>/ne-plus-garder/", departures.let_go, name="let_go"),
    path("annuaire/livraisons/", views.deliveries, name="deliveries"),
    path("annuaire/livraisons/nouvelle/", views.bring, name="bring"),
    path("annuaire/tableaux/", columns.bring_tables, name="bring_tables"),
    path("annuaire/livraisons/<int:pk>/", views.delivery, name="delivery"),
    path("annuaire/livraisons/<int:pk>/colonnes/", columns.columns, name="columns"),
    path("annuaire/livraisons/<int:pk>/appliquer/", views.apply, name="apply"),
    path("annuaire/livraisons/<int:pk>/approuver/", views.approve, name="approve"),
    path("annuaire/livraisons/<int:pk>/abandonner/", views.drop, name="drop"),
    path("annuaire/livraisons/<int:pk>/rapport.csv", views.report_csv, name="report_csv"),
    path("annuaire/livraisons/<int:pk>/rapport.json", views.report_json, name="report_json"),
    path("annuaire/livraisons/<int:pk>/<slug:part>/", views.delivery_part, name="delivery_part"),
    path("etablissement/reglages/", settings.settings, name="settings"),
    path("etablissement/reglages/identite/", settings.identity, name="identity"),
    path("etablissement/reglages/apparence/", settings.look, name="look"),
    path("etablissement/reglages/apparence/logo/", settings.take_logo, name="take_logo"),
    path("etablissement/reglages/apparence/logo/retirer/", settings.remove_logo, name="remove_logo"),
    path("etablissement/reglages/horaires/", settings.hours, name="hours"),
    path("etablissement/reglages/periodes/", settings.periods, name="periods"),
    path("etablissement/reglages/periodes/nouvelle/", settings.create_period, name="create_period"),
    path("etablissement/reglages/periodes/<int:pk>/", settings.change_period, name="change_period"),
    path("etablissement/reglages/periodes/<int:pk>/retirer/", settings.remove_period, name="remove_period"),
    path("etablissement/reglages/vacances/", settings.closures, name="closures"),
    path("etablissement/reglages/vacances/zone/", settings.zone, name="zone"),
    path("etablissement/reglages/vacances/<int:pk>/rouvrir/", settings.remove_closure, name="remove_closure"),
    path("etablissement/reglages/services/", settings.services, name="services"),
    path("etablissement/reglages/services/<slug:key>/", settings.service, name="service"),
    path("etablissement/reglages/administration/", settings.administrators, name="administrators"),
    path(
        "etablissement/reglages/administration/<int:pk>/reprendre/",
        settings.end_delegation,
        name="end_delegation",
    ),
    path("etablissement/<str:public_id>/", settings.school, name="school"),
    path("etablissement/<str:public_id>/logo.png", settings.logo, name="logo"),
]
