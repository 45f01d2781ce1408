from django.urls import path

from preau.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("demonstration/", views.demonstration, name="demonstration"),
]
