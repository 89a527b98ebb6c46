from __future__ import annotations


def watching(request):
    return None


def tickets(request):
    return None
