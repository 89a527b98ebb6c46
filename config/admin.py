"""Registers the pages of the system once every app's own pages are known, and names the site."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from config.kernel.admin import system

__all__ = ["system"]

admin.site.index_title = _("Home")
