"""The addresses of the foreign site."""

from django.urls import path
from django_cas_ng.views import CallbackView, LoginView, LogoutView

from tests.foreign.cas_ng_site import home, passed_on

urlpatterns = [
    path("", home),
    path("passer/", passed_on),
    path("login", LoginView.as_view(), name="cas_ng_login"),
    path("logout", LogoutView.as_view(), name="cas_ng_logout"),
    path("callback", CallbackView.as_view(), name="cas_ng_proxy_callback"),
]
