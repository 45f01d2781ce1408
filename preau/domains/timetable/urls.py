from django.urls import path

from preau.domains.timetable import views

app_name = "timetable"
urlpatterns = [
    path("emploi-du-temps/", views.week, name="week"),
    path("emploi-du-temps/seances/", views.patterns, name="patterns"),
    path("emploi-du-temps/seances/nouvelle/", views.create, name="create"),
    path("emploi-du-temps/seances/<int:pk>/arreter/", views.stop, name="stop"),
]
