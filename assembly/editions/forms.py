"""What forms for rows of an Assembly share."""

from typing import Any

from assembly.editions.models import Assembly


class OfAssembly:
    """A model form whose row belongs to an Assembly that is not on the form.

    The admin sets `assembly` on a subclass for a new row, so that constraints that name the
    Assembly are checked before the row is saved.
    """

    assembly: Assembly | None = None
    instance: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.assembly is not None:
            self.instance.assembly = self.assembly

    def _get_validation_exclusions(self) -> set[str]:
        """Django leaves out of its checks what is not on the form; the Assembly still counts."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # Django's own hook
        return excluded - {"assembly"}


def for_current(form: type[Any]) -> type[Any]:
    """The form class for a new row of the current Assembly."""
    return type(f"New{form.__name__}", (form,), {"assembly": Assembly.objects.current().first()})
