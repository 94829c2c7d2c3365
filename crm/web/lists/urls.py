from django.urls import path

from crm.web.lists import views

urlpatterns = [
    path("<slug:list_name>/views/", views.save, name="save_view"),
    path("<slug:list_name>/columns/", views.columns, name="columns"),
    path("views/<int:pk>/overwrite/", views.overwrite, name="overwrite_view"),
    path("views/<int:pk>/describe/", views.describe, name="describe_view"),
    path("views/<int:pk>/first/", views.open_first, name="open_first"),
    path("views/<int:pk>/delete/", views.delete, name="delete_view"),
]
