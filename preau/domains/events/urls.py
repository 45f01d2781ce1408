from django.urls import path

from preau.domains.events import views

app_name = "events"
urlpatterns = [
    path("evenements/", views.events, name="events"),
    path("ecole-demain/", views.open_days, name="open_days"),
    path("evenements/nouveau/", views.create, name="create"),
    path("evenements/fermer/", views.close, name="close"),
    path("evenements/<int:pk>/", views.event, name="event"),
    path("evenements/<int:pk>/modifier/", views.change, name="change"),
    path("evenements/<int:pk>/publier/", views.publish, name="publish"),
    path("evenements/<int:pk>/annuler/", views.cancel, name="cancel"),
    path("evenements/<int:pk>/retablir/", views.restore, name="restore"),
    path("evenements/<int:pk>/supprimer/", views.remove, name="remove"),
    path("evenements/<int:pk>/repondre/", views.answer, name="answer"),
    path("evenements/<int:pk>/reponses.csv", views.export, name="export"),
]
