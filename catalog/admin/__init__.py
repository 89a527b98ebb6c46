"""The catalog's pages."""

from catalog.admin import clip, drama, edition, master, partner, rights, version

__all__ = ["clip", "drama", "edition", "master", "partner", "rights", "version"]
