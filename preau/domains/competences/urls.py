from django.urls import path

from preau.domains.competences.views import (
    balances,
    classes,
    observing,
    reading,
    referentials,
    settings,
    sheets,
)

app_name = "competences"
urlpatterns = [
    path("competences/", classes.index, name="index"),
    path("competences/classes/<int:pk>/", classes.group, name="group"),
    path("competences/classes/<int:pk>/export/", classes.export, name="export"),
    path("competences/classes/<int:pk>/nouveau/", sheets.create, name="create"),
    path("competences/classes/<int:pk>/observer/", observing.observe, name="observe"),
    path("competences/classes/<int:pk>/bilan/", balances.balance, name="balance"),
    path("competences/classes/<int:pk>/bilan/remettre/", balances.give, name="give"),
    path("competences/releves/<int:pk>/", sheets.sheet, name="sheet"),
    path("competences/releves/<int:pk>/modifier/", sheets.change, name="change"),
    path("competences/releves/<int:pk>/saisir/", sheets.fill, name="fill"),
    path("competences/releves/<int:pk>/proposer/", sheets.propose, name="propose"),
    path("competences/releves/<int:pk>/publication/", sheets.publication, name="publication"),
    path("competences/releves/<int:pk>/supprimer/", sheets.delete, name="delete"),
    path("competences/releves/<int:pk>/moi/", observing.answer, name="answer"),
    path("competences/colonnes/<int:pk>/cellule/", sheets.cell, name="cell"),
    path("competences/ce-que-je-sais/", reading.own, name="own"),
    path("competences/eleves/<str:public_id>/", reading.pupil, name="pupil"),
    path("competences/referentiels/", referentials.referentials, name="referentials"),
    path("competences/referentiels/socle/", referentials.take, name="take"),
    path("competences/referentiels/<int:pk>/", referentials.referential, name="referential"),
    path("competences/referentiels/lignes/<int:pk>/retirer/", referentials.retire, name="retire"),
    path("competences/imports/", referentials.imports, name="imports"),
    path("competences/imports/<int:pk>/", referentials.one_import, name="import"),
    path("competences/imports/<int:pk>/appliquer/", referentials.apply_import, name="apply_import"),
    path("competences/imports/<int:pk>/abandonner/", referentials.drop_import, name="drop_import"),
    path("competences/imports/<int:pk>/rapport.csv", referentials.import_csv, name="import_csv"),
    path("competences/imports/<int:pk>/rapport.json", referentials.import_json, name="import_json"),
    path("competences/imports/<int:pk>/<slug:part>/", referentials.import_part, name="import_part"),
    path("etablissement/reglages/competences/", settings.settings, name="settings"),
]
