from __future__ import annotations

from django.urls import path

from catalog.api import views

urlpatterns = [
    path("dramas/", views.Dramas.as_view(), name="dramas"),
    path("dramas/<uuid:uuid>/", views.OneDrama.as_view(), name="drama"),
    path("editions/", views.Editions.as_view(), name="editions"),
    path("editions/<uuid:uuid>/", views.OneEdition.as_view(), name="edition"),
]
