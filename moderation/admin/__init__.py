from moderation.admin import ticket
