from catalog.urls import urlpatterns as media
from config.urls import urlpatterns as everything

urlpatterns = [*media, *everything]
