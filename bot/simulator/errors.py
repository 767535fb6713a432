"""Answers with `ok: false`, with the codes and texts of Telegram's own server."""

from typing import Any


class ApiError(Exception):
    """One refusal of the Bot API: `code` and `description` as on the wire, `parameters` for 429 and moved groups."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


def bad_request(text: str) -> ApiError:
    """400 with the server's habit of a small first letter, unless the text is a code such as BUTTON_DATA_INVALID."""
    if len(text) < 2 or not (text[1] == "_" or text[1].isupper()):
        text = text[:1].lower() + text[1:]
    return ApiError(400, f"Bad Request: {text}")


def forbidden(text: str) -> ApiError:
    return ApiError(403, f"Forbidden: {text}")


def too_many_requests(retry_after: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def conflict(text: str) -> ApiError:
    return ApiError(409, f"Conflict: {text}")


def moved(new_chat_id: int) -> ApiError:
    return ApiError(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        migrate_to_chat_id=new_chat_id,
    )
