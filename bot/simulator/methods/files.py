"""getFile."""

from bot.simulator.errors import ApiError, bad_request
from bot.simulator.files import GETFILE_LIMIT
from bot.simulator.methods.call import Call
from bot.simulator.state import Json


def get_file(call: Call) -> Json:
    """Where to download a file; 400 above 20 MB."""
    file_id = call.arguments.text("file_id")
    if not file_id:
        raise ApiError(400, "Bad Request: file_id not specified")
    link = call.world.files.find(call.bot.id, file_id)
    if link is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if link.content.size > GETFILE_LIMIT:
        raise bad_request("file is too big")
    view: Json = {"file_id": link.file_id, "file_unique_id": link.content.unique_id, "file_path": link.path}
    if link.content.size:
        view["file_size"] = link.content.size
    return view
