"""What a vendor's software does with tickets: read its own, acknowledge, reject with a reason, deliver a fix."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.partner_access import PartnerAccess, partner_of
from config.kernel.api.idempotency import IdempotentPosts
from moderation.api.serializers import DeliveryIn, ReasonIn, TicketOut, TicketWithEvidence
from moderation.models import Ticket
from moderation.services import ticketing


class Tickets(generics.ListAPIView[Ticket]):
    """The tickets that the vendor owns."""

    serializer_class = TicketOut
    permission_classes = [PartnerAccess]
    filterset_fields = ["status", "label", "severity"]
    queryset = Ticket.objects.none()

    def get_queryset(self) -> QuerySet[Ticket]:
        partner = partner_of(self.request)
        mine = Ticket.objects.owned_by(partner) if partner else Ticket.objects.none()
        return mine.select_related("version__edition__drama")


class OneTicket(generics.RetrieveAPIView[Ticket]):
    """One of them with its evidence; anybody else's is not found."""

    serializer_class = TicketWithEvidence
    permission_classes = [PartnerAccess]
    lookup_field = "uuid"
    queryset = Ticket.objects.none()

    def get_queryset(self) -> QuerySet[Ticket]:
        return Tickets.get_queryset(self).prefetch_related("evidence")  # type: ignore[arg-type]


class _Verb(IdempotentPosts, generics.GenericAPIView[Ticket]):
    permission_classes = [PartnerAccess]
    lookup_field = "uuid"
    queryset = Ticket.objects.none()
    get_queryset = Tickets.get_queryset

    def answer(self, ticket: Ticket) -> Response:
        ticket.refresh_from_db()
        return Response(TicketOut(ticket).data)

    def person(self) -> User | None:
        return self.request.user if isinstance(self.request.user, User) else None


class Acknowledge(_Verb):
    @extend_schema(request=None, responses=TicketOut)
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        ticket = self.get_object()
        ticketing.acknowledge(ticket, by=self.person())
        return self.answer(ticket)


class Reject(_Verb):
    serializer_class = ReasonIn

    @extend_schema(request=ReasonIn, responses=TicketOut)
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        ticket = self.get_object()
        given = ReasonIn(data=request.data)
        given.is_valid(raise_exception=True)
        ticketing.reject(ticket, why=given.validated_data["reason"], by=self.person())
        return self.answer(ticket)


class Deliver(_Verb):
    serializer_class = DeliveryIn
    parser_classes = [MultiPartParser]

    @extend_schema(request={"multipart/form-data": DeliveryIn}, responses=TicketOut)
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        ticket = self.get_object()
        given = DeliveryIn(data=request.data)
        given.is_valid(raise_exception=True)
        facts = given.validated_data
        ticketing.deliver(ticket, files=facts["files"], note=facts["note"], by=self.person())
        return self.answer(ticket)
