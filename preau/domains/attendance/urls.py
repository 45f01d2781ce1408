from django.urls import path

from preau.domains.attendance import views

app_name = "attendance"
urlpatterns = [
    path("appel/<int:pk>/", views.roll, name="roll"),
    path("absences/", views.absences, name="absences"),
    path("absences/<int:pk>/expliquer/", views.explain, name="explain"),
    path("absences/explications/<int:pk>/retirer/", views.withdraw, name="withdraw"),
    path("vie-scolaire/", views.board, name="board"),
    path("vie-scolaire/absences/", views.entries, name="entries"),
    path("vie-scolaire/absences/export.csv", views.export, name="export"),
    path("vie-scolaire/absences/<int:pk>/", views.entry, name="entry"),
    path("vie-scolaire/explications/<int:pk>/decision/", views.decide, name="decide"),
]
