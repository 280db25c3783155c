"""Members and observers, their delegations, the delegates in them, and files being imported."""

from assembly.delegations.models.delegates import Delegate
from assembly.delegations.models.delegations import Delegation
from assembly.delegations.models.imports import ImportBatch
from assembly.delegations.models.members import MemberCountry, ObserverOrganisation

__all__ = ["Delegate", "Delegation", "ImportBatch", "MemberCountry", "ObserverOrganisation"]
