"""The kernel: settings, people, access, audit, events, jobs, and what every page needs.

The Celery application is not imported here on purpose: `crm.embedded` must be importable
before any server runs and before the settings are read. `crm.celery` is the entry point of
workers, and `crm.apps.CrmConfig` binds tasks to it.
"""
