from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.parameters.selectors import Line


class ParameterForm(forms.Form):
    """One parameter as it is set: its value, why it is changed, the version that was opened."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        kind = line.known.kind
        kwargs.setdefault("initial", {"version": line.stored.version, "value": kind.typed(line.plain)})
        super().__init__(*args, **kwargs)
        self.fields["value"] = kind.field()
        self.fields["value"].label = _("Value")
        self.fields["why"] = forms.CharField(
            label=_("Reason of the change"), max_length=200, help_text=_("It stands in the history.")
        )
        self._kind = kind

    def clean_value(self) -> Any:
        return self._kind.clean(self.cleaned_data["value"])
