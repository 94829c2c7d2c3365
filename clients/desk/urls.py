from django.urls import URLPattern

home_urls: list[URLPattern] = []
urlpatterns: list[URLPattern] = []
