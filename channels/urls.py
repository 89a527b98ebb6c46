from __future__ import annotations

from django.urls import path

from channels import connecting

app_name = "channels"

urlpatterns = [
    path("connect/<uuid:uuid>/", connecting.start, name="connect"),
    path("connect/<uuid:uuid>/<slug:family>/", connecting.start, name="connect_family"),
    path("connected/<slug:platform>/", connecting.callback, name="connected"),
]
