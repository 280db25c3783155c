"""What can happen to a delegation and to its delegates, one module for each verb."""

from assembly.delegations.services.delegations import (
    add_focal_point,
    answer,
    can_be_invited,
    check_move,
    invite,
    remove_focal_point,
    save_delegation,
)
from assembly.delegations.services.editing import (
    change_delegate,
    hand_out_code,
    make_head,
    remove_photo,
    set_photo,
)
from assembly.delegations.services.importing import (
    apply,
    confirm,
    drop_expired,
    preview,
)
from assembly.delegations.services.nominating import (
    AlreadyDelegate,
    AskOrganisers,
    HeadTaken,
    SeatsFull,
    nominate,
    replace,
    withdraw,
)
from assembly.delegations.services.retention import (
    forget_delegates,
    forget_focal_points,
    forget_sensitive,
    people_to_forget,
)

__all__ = [
    "AlreadyDelegate",
    "AskOrganisers",
    "HeadTaken",
    "SeatsFull",
    "add_focal_point",
    "answer",
    "apply",
    "can_be_invited",
    "change_delegate",
    "check_move",
    "confirm",
    "drop_expired",
    "forget_delegates",
    "forget_focal_points",
    "forget_sensitive",
    "hand_out_code",
    "invite",
    "make_head",
    "nominate",
    "people_to_forget",
    "preview",
    "remove_focal_point",
    "remove_photo",
    "replace",
    "save_delegation",
    "set_photo",
    "withdraw",
]
