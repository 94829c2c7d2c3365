from django.contrib.admin.apps import AdminConfig


class ReferenceAdminConfig(AdminConfig):
    """Django's admin with our site in it; stands in INSTALLED_APPS."""

    default = False
    default_site = "crm.web.admin_site.ReferenceAdminSite"
