from config.kernel.admin.pages import Page, admin
from moderation.models import Ticket


@admin.register(Ticket)
class TicketPage(Page):
    pass
