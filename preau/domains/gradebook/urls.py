from django.urls import path

from preau.domains.gradebook import views
from preau.domains.gradebook.views import past, reading

app_name = "gradebook"
urlpatterns = [
    path("notes/", views.index, name="index"),
    path("notes/classes/<int:pk>/", views.grid, name="grid"),
    path("notes/classes/<int:pk>/nouvelle/", views.create, name="create"),
    path("notes/classes/<int:pk>/export/", views.export, name="export"),
    path("notes/classes/<int:pk>/rapporter/", views.bring, name="bring"),
    path("notes/evaluations/<int:pk>/", views.column, name="column"),
    path("notes/evaluations/<int:pk>/cellule/", views.cell, name="cell"),
    path("notes/evaluations/<int:pk>/coller/", views.paste, name="paste"),
    path("notes/evaluations/<int:pk>/modifier/", views.change, name="change"),
    path("notes/evaluations/<int:pk>/publication/", views.publication, name="publication"),
    path("notes/evaluations/<int:pk>/dupliquer/", views.duplicate, name="duplicate"),
    path("notes/evaluations/<int:pk>/deplacer/", views.move, name="move"),
    path("notes/evaluations/<int:pk>/supprimer/", views.delete, name="delete"),
    path("notes/evaluations/<int:pk>/retablir/", views.restore, name="restore"),
    path("notes/periodes/", views.periods, name="periods"),
    path("notes/periodes/<int:pk>/arreter/", views.seal, name="seal"),
    path("notes/periodes/arrets/<int:pk>/lever/", views.lift, name="lift"),
    path("notes/periodes/arrets/<int:pk>/rouvrir/", views.reopen, name="reopen"),
    path("notes/periodes/reouvertures/<int:pk>/terminer/", views.close_reopening, name="close_reopening"),
    path("notes/reprises/", past.imports, name="imports"),
    path("notes/reprises/<int:pk>/", past.one_import, name="import"),
    path("notes/reprises/<int:pk>/colonnes/", past.import_columns, name="import_columns"),
    path("notes/reprises/<int:pk>/appliquer/", past.apply_import, name="apply_import"),
    path("notes/reprises/<int:pk>/abandonner/", past.drop_import, name="drop_import"),
    path("notes/reprises/<int:pk>/rapport.csv", past.import_csv, name="import_csv"),
    path("notes/reprises/<int:pk>/rapport.json", past.import_json, name="import_json"),
    path("notes/reprises/<int:pk>/<slug:part>/", past.import_part, name="import_part"),
    path("etablissement/reglages/notes/", views.settings, name="settings"),
    path("etablissement/reglages/notes/matieres/<int:pk>/", views.subject, name="subject"),
    path(
        "etablissement/reglages/notes/sous-matieres/<int:pk>/retirer/", views.remove_part, name="remove_part"
    ),
    path("notes/mes-notes/", reading.own, name="own"),
    path("notes/eleves/<str:public_id>/", reading.pupil, name="pupil"),
    path("notes/eleves/<str:public_id>/moyenne/", reading.average, name="average"),
    path("notes/evaluations/<int:pk>/lue/", reading.assessment, name="assessment"),
    path("notes/evaluations/<int:pk>/eleve/", reading.mark, name="mark"),
    path("notes/classes/<int:pk>/moyennes/", reading.class_averages, name="class_averages"),
]
