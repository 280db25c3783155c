"""What can happen to a person: is saved, takes a capacity, is given an account, is erased."""

from assembly.people.services.accounts import Reopen, end_account, give_accounts
from assembly.people.services.capacities import CapacityTaken, give_up_capacity, take_capacity
from assembly.people.services.people import (
    erase,
    forget_birth_dates,
    forget_in_admin_log,
    save_person,
)

__all__ = [
    "CapacityTaken",
    "Reopen",
    "end_account",
    "erase",
    "forget_birth_dates",
    "forget_in_admin_log",
    "give_accounts",
    "give_up_capacity",
    "save_person",
    "take_capacity",
]
