"""Photos (照片): the tables; verbs stand in `actions` (taking them in) and `files` (bytes on disk)."""

from models.photos.tables import SLOTS, Photo, PhotoFile

__all__ = ["SLOTS", "Photo", "PhotoFile"]
