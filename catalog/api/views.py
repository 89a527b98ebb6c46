"""What partners read of the catalog: suppliers their dramas, vendors the editions they made."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import generics

from catalog.api.serializers import DramaOut, EditionOut
from catalog.models import Drama, Edition
from catalog.partner_access import PartnerAccess, partner_of


class Dramas(generics.ListAPIView[Drama]):
    """The dramas that the partner supplied."""

    serializer_class = DramaOut
    permission_classes = [PartnerAccess]
    filterset_fields = ["code", "tier"]
    queryset = Drama.objects.none()

    def get_queryset(self) -> QuerySet[Drama]:
        partner = partner_of(self.request)
        return Drama.objects.filter(supplier=partner).prefetch_related("genres") if partner else Drama.objects.none()


class OneDrama(generics.RetrieveAPIView[Drama]):
    """One of them; anybody else's is not found."""

    serializer_class = DramaOut
    permission_classes = [PartnerAccess]
    lookup_field = "uuid"
    queryset = Drama.objects.none()
    get_queryset = Dramas.get_queryset


class Editions(generics.ListAPIView[Edition]):
    """The editions of a supplier's dramas, or those that a vendor made."""

    serializer_class = EditionOut
    permission_classes = [PartnerAccess]
    filterset_fields = ["language", "kind"]
    queryset = Edition.objects.none()

    def get_queryset(self) -> QuerySet[Edition]:
        partner = partner_of(self.request)
        found = Edition.objects.visible_to(partner) if partner else Edition.objects.none()
        return found.select_related("drama").prefetch_related("versions")


class OneEdition(generics.RetrieveAPIView[Edition]):
    """One of them; anybody else's is not found."""

    serializer_class = EditionOut
    permission_classes = [PartnerAccess]
    lookup_field = "uuid"
    queryset = Edition.objects.none()
    get_queryset = Editions.get_queryset
