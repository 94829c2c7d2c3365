from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from crm.exports import making, services
from crm.exports.errors import ExportRefused
from crm.jobs.errors import JobRefused, LeaseLost
from crm.jobs.registry import runner
from crm.jobs.work import Work


@runner(services.MAKE, title=_("Export"))
def make(work: Work) -> None:
    """Make the file of the export in the job's parameters."""
    number = work.job.params["export"]
    try:
        making.make(services.begun(number), work)
    except LeaseLost:
        raise  # somebody else makes it now
    except (ExportRefused, PermissionDenied) as refusal:
        services.failed(export_id=number)
        raise JobRefused(str(refusal)) from refusal
    except Exception:
        services.failed(export_id=number)
        raise
