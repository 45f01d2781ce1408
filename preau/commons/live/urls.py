from django.urls import path

from preau.commons.live import views

app_name = "live"
urlpatterns = [path("en-direct/droits/", views.rights, name="rights")]
