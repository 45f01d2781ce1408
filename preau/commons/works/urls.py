from django.urls import path

from preau.commons.works import views

app_name = "works"
urlpatterns = [
    path("travaux/", views.works, name="works"),
    path("travaux/<int:pk>/abandonner/", views.stop, name="stop"),
]
