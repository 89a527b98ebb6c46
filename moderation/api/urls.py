from __future__ import annotations

from django.urls import path

from moderation.api import views

urlpatterns = [
    path("tickets/", views.Tickets.as_view(), name="tickets"),
    path("tickets/<uuid:uuid>/", views.OneTicket.as_view(), name="ticket"),
    path("tickets/<uuid:uuid>/acknowledge/", views.Acknowledge.as_view(), name="ticket-acknowledge"),
    path("tickets/<uuid:uuid>/reject/", views.Reject.as_view(), name="ticket-reject"),
    path("tickets/<uuid:uuid>/deliver/", views.Deliver.as_view(), name="ticket-deliver"),
]
