"""Lets Babel read Django's templates, through Django's own translation of them to gettext calls.

Used by `make messages` alone. It finds exactly what `makemessages` finds, without the system's
gettext tools.
"""

import io
from collections.abc import Iterator
from typing import IO, Any

from babel.messages.extract import extract_python
from django.utils.translation.template import templatize


def django_template(
    fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[Any]:
    """An extraction method as Babel calls it; yields line, function, messages, comments."""
    source = templatize(fileobj.read().decode("utf-8"))
    python = io.BytesIO(source.encode("utf-8"))
    yield from extract_python(python, keywords, comment_tags, {"encoding": "utf-8"})
