"""Health pages and the style guide."""

from django.urls import path

from preau.foundation import views

app_name = "foundation"
urlpatterns = [
    path("sante/", views.alive, name="alive"),
    path("sante/pret/", views.ready, name="ready"),
    path("sante/travaux/", views.at_work, name="at_work"),
    path("metrics", views.figures, name="figures"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("styleguide/<slug:key>/", views.styleguide, name="styleguide_section"),
]
