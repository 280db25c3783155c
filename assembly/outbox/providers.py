"""What the API of an e-mail provider said, as django-anymail hands it over."""

from http import HTTPStatus
from typing import Final

from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout, RequestException, Timeout
from urllib3.exceptions import NewConnectionError

from assembly.outbox.choices import Outcome, Phase
from assembly.outbox.rules import Answer

# Said of our account or our haste, not of the message.
NOT_THE_MESSAGE: Final = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
}


def answer_to(error: Exception) -> Answer:
    """How a try ended that raised `error`.

    Only a request that was sent and had no answer is in doubt. What the provider cannot take for
    what it is has failed; an account that is closed, or a server in trouble, is tried again.
    """
    status = getattr(error, "status_code", None)
    if status is not None:
        temporary = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in NOT_THE_MESSAGE
        outcome = Outcome.LATER if temporary else Outcome.REFUSED
        return Answer(outcome, Phase.DATA, f"HTTP {status}")
    if _never_connected(error):
        return Answer(Outcome.LATER, Phase.CONNECT, "no connection")
    if isinstance(error, Timeout | NoConnection):
        return Answer(Outcome.IN_DOUBT, Phase.DOT, "no answer")
    return Answer(Outcome.REFUSED, Phase.DATA, type(error).__name__)


def _never_connected(error: Exception) -> bool:
    if isinstance(error, ConnectTimeout):
        return True
    cause = error.__cause__ if isinstance(error.__cause__, RequestException) else error
    inner = cause.args[0] if cause.args else None
    return isinstance(getattr(inner, "reason", None), NewConnectionError)
