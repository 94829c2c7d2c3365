"""The models of the complaints app's rooms, gathered for Django."""

from complaints.intake.models import FedComplaint

__all__ = ["FedComplaint"]
