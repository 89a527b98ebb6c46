"""Registers the pages of the system once every app's own pages are known."""

from config.kernel.admin import system

__all__ = ["system"]
