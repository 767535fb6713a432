"""Photos: bytes once under their content hash, and their places in visits."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, EncryptedText, Id, ref

OTHER = "other"
SLOTS = ("front", "stove", "bedroom", "hall", "document", "posting", OTHER)


class PhotoFile(Base):
    """One original on disk under its sha256, reference counted."""

    __tablename__ = "photo_files"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    mime: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    references: Mapped[int] = mapped_column(default=0)
    look: Mapped[str | None]
    """Perceptual hash, 256 bits as hex: the same picture resized or recompressed is a few bits away."""
    number: Mapped[int | None] = mapped_column(BigInteger)
    """Place in the order in which looks were stored, without gaps in time: what is known up to one is known whole."""
    taken_at: Mapped[datetime | None]
    """When the camera says it was taken (EXIF), read as local time of this installation: a claim, not a proof."""
    camera: Mapped[str | None]
    stored_at: Mapped[datetime]
    __table_args__ = (Index("uq_photo_files_number", "number", unique=True),)


class Photo(Base):
    """One picture somebody sent. States: waiting (to be fetched), stored, refused (with reason), dropped."""

    __tablename__ = "photos"
    id: Mapped[Id]
    person_id: Mapped[int] = ref("people")
    visit_id: Mapped[int | None] = ref("visits")
    draft_id: Mapped[int | None] = ref("drafts")
    inbox_id: Mapped[int | None] = mapped_column(BigId, unique=True)
    sha256: Mapped[str | None] = mapped_column(index=True)
    state: Mapped[str]
    reason: Mapped[str | None]
    slot: Mapped[str] = mapped_column(default=OTHER)
    album: Mapped[str | None]
    file_id: Mapped[str]
    unique_id: Mapped[str]
    original: Mapped[bool] = mapped_column(default=False)
    """Sent as a file: bytes as taken; sent as a photo the messenger has recompressed it."""
    forwarded: Mapped[bool] = mapped_column(default=False)
    """Passed on from another chat: kept as it is, and shown as that."""
    sent_at: Mapped[datetime]
    medium: Mapped[str] = mapped_column(default="photo", server_default="photo")
    """photo, voice, or file (a document as evidence): all are kept the same way."""
    twin_id: Mapped[int | None] = ref("photos", index=False)
    """An earlier photo that looks the same; its sender is asked privately, nobody is punished."""
    explanation: Mapped[str | None] = mapped_column(EncryptedText)
    """The sender's line about a photo that was used before."""
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "ix_photos_waiting",
            "next_try_at",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    @property
    def caption_key(self) -> str:
        """What shares one caption: an album, or a photo alone."""
        return self.album or f"photo {self.id}"
