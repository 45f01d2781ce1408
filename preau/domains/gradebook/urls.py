from django.urls import path

from preau.domains.gradebook import views
from preau.domains.gradebook.views import reading

app_name = "gradebook"
urlpatterns = [
    path("notes/", views.index, name="index"),
    path("notes/classes/<int:pk>/", views.grid, name="grid"),
    path("notes/classes/<int:pk>/nouvelle/", views.create, name="create"),
    path("notes/classes/<int:pk>/export/", views.export, name="export"),
    path("notes/evaluations/<int:pk>/", views.column, name="column"),
    path("notes/evaluations/<int:pk>/cellule/", views.cell, name="cell"),
    path("notes/evaluations/<int:pk>/coller/", views.paste, name="paste"),
    path("notes/evaluations/<int:pk>/modifier/", views.change, name="change"),
    path("notes/evaluations/<int:pk>/publication/", views.publication, name="publication"),
    path("notes/evaluations/<int:pk>/dupliquer/", views.duplicate, name="duplicate"),
    path("notes/evaluations/<int:pk>/deplacer/", views.move, name="move"),
    path("notes/evaluations/<int:pk>/supprimer/", views.delete, name="delete"),
    path("notes/evaluations/<int:pk>/retablir/", views.restore, name="restore"),
    path("notes/mes-notes/", reading.own, name="own"),
    path("notes/eleves/<str:public_id>/", reading.pupil, name="pupil"),
    path("notes/eleves/<str:public_id>/moyenne/", reading.average, name="average"),
    path("notes/evaluations/<int:pk>/lue/", reading.assessment, name="assessment"),
    path("notes/classes/<int:pk>/moyennes/", reading.class_averages, name="class_averages"),
]
