from catalog.models.clip import Clip, Segment
from catalog.models.drama import Drama, Episode, Genre
from catalog.models.edition import Edition, EditionVersion
from catalog.models.fingerprint import Fingerprint, FingerprintBook, Likeness
from catalog.models.master import Master
from catalog.models.partner import Partner, PartnerKey, PartnerMember
from catalog.models.qc import QCCheck
from catalog.models.rights import Rights

__all__ = [
    "Clip",
    "Drama",
    "Edition",
    "EditionVersion",
    "Episode",
    "Fingerprint",
    "FingerprintBook",
    "Genre",
    "Likeness",
    "Master",
    "Partner",
    "PartnerKey",
    "PartnerMember",
    "QCCheck",
    "Rights",
    "Segment",
]
