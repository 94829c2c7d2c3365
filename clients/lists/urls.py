from django.urls import URLPattern, path

from clients.lists import views

urlpatterns: list[URLPattern] = [
    path("tags/", views.tags, name="tags"),
    path("tags/<int:pk>/", views.change_tag, name="tag"),
    path("clients/<str:client_no>/tags/", views.tag_client, name="client-tags"),
    path("client-lists/", views.client_lists, name="client-lists"),
    path("client-lists/<int:pk>/", views.client_list, name="client-list"),
    path("client-lists/<int:pk>/describe/", views.describe, name="client-list-describe"),
    path("client-lists/<int:pk>/archive/", views.archive, name="client-list-archive"),
]
