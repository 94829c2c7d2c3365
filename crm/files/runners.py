from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.files import folder
from crm.files.checking import check_share
from crm.files.tasks import CHECK
from crm.jobs.registry import runner
from crm.jobs.work import Work


@runner(CHECK, title=_("Check of stored files"))
def check(work: Work) -> dict[str, Any]:
    """A night's share; a second try goes on with what was checked longest ago."""
    now = timezone.now()
    folder.remove_left_behind(at=now)
    checked = check_share(at=now, say=work.progress)
    return {"files": checked.files, "damaged": checked.damaged}
