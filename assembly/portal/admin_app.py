"""Django's admin with our own site. Apart from apps.py, which may hold one config only."""

from django.contrib.admin.apps import AdminConfig


class OrganiserAdmin(AdminConfig):
    """Makes our site the default one, so that every `admin.register` lands on it."""

    default_site = "assembly.portal.site.OrganiserSite"
