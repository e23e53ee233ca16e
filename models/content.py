"""What administrators publish: news for users, the bulletin of the login page, files to download."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model, Stamped

FAR_FUTURE = date(9999, 12, 31)
Days = tuple[date, date]


class News(Stamped, Model):
    """最新消息(登入後): at most 250 characters, shown from `shown_from` to `shown_until`, both days included."""

    __tablename__ = "news"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(250))
    shown_from: Mapped[date]
    shown_until: Mapped[date] = mapped_column(default=FAR_FUTURE)

    @property
    def days(self) -> Days:
        """The first and the last day on which it is shown."""
        return self.shown_from, self.shown_until


class Bulletin(Stamped, Model):
    """公告欄: public, on the login page."""

    __tablename__ = "bulletin"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(250))
    shown_from: Mapped[date]
    shown_until: Mapped[date] = mapped_column(default=FAR_FUTURE)

    @property
    def days(self) -> Days:
        """The first and the last day on which it is shown."""
        return self.shown_from, self.shown_until


class Download(Stamped, Model):
    """檔案下載: gone from the home page after `expires_on`. The content lies in the file store under `storage_name`."""

    __tablename__ = "download"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(100))
    file_name: Mapped[str] = mapped_column(String(200))
    extension: Mapped[str] = mapped_column(String(5))
    size: Mapped[int]
    storage_name: Mapped[str] = mapped_column(String(36), unique=True)
    expires_on: Mapped[date] = mapped_column(default=FAR_FUTURE)

    @property
    def days(self) -> Days:
        return date.min, self.expires_on
