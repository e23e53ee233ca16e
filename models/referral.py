"""轉介單: one submission about one person by one referring unit, with its files and codes, and the unsent draft."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.account import Account
from models.base import Model, Moment, Versioned
from models.batch import BatchUpload
from models.codes import Identity, Indicator
from models.crypto import Secret
from models.organisation import Unit
from models.person import Person
from rules.referral_flow import State

STATES = ", ".join(f"'{state.value}'" for state in State)


class Referral(Versioned, Model):
    """`id` is the 轉介單號. `state` changes only by the moves of `rules.referral_flow`, through the services."""

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint(f"state IN ({STATES})", name="state"),
        CheckConstraint(
            "state NOT IN ('open', 'closed') OR receiving_unit_id IS NOT NULL", name="taken_in_somewhere"
        ),
        Index("ix_referral_date", "referral_date", "id"),
        Index("ix_referral_received", "receiving_unit_id", "state", "referral_date", "id"),
        Index("ix_referral_received_date", "receiving_unit_id", "referral_date", "id"),
        Index("ix_referral_sent", "referring_unit_id", "referral_date", "id"),
        Index("ix_referral_state", "state", "referral_date", "id"),
        Index("ix_referral_person", "person_id", "referral_date"),
        Index(
            "ix_referral_unrouted",
            "id",
            sqlite_where=text("receiving_unit_id IS NULL"),
            postgresql_where=text("receiving_unit_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    referring_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    receiving_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    routing_basis: Mapped[str] = mapped_column(String(16))
    routing_prefix: Mapped[str | None] = mapped_column(String(6))
    postal_code: Mapped[str] = mapped_column(String(6))
    referral_date: Mapped[date]
    submitted_at: Mapped[datetime] = mapped_column(Moment)
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    state: Mapped[str] = mapped_column(String(10), default=State.SUBMITTED.value)
    other_identity: Mapped[str] = mapped_column(String(100), default="")
    brief: Mapped[str] = mapped_column(Secret, default="")
    expectation: Mapped[str] = mapped_column(Secret, default="")
    consent_at: Mapped[datetime] = mapped_column(Moment)
    # A double click or a re-sent request carries the same key and finds the first referral.
    submission_key: Mapped[str] = mapped_column(String(36), unique=True)
    # The upload it came with, and its row there, counted as the workbook's program shows it.
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch_upload.id"), index=True)
    batch_row: Mapped[int | None]

    person: Mapped[Person] = relationship()
    referring_unit: Mapped[Unit] = relationship(foreign_keys=[referring_unit_id])
    receiving_unit: Mapped[Unit | None] = relationship(foreign_keys=[receiving_unit_id])
    submitted_by: Mapped[Account] = relationship(foreign_keys=[submitted_by_id])
    indicators: Mapped[list[Indicator]] = relationship(
        secondary="referral_indicator", order_by=Indicator.code
    )
    identities: Mapped[list[Identity]] = relationship(secondary="referral_identity", order_by=Identity.code)
    batch: Mapped[BatchUpload | None] = relationship()
    attachments: Mapped[list[Attachment]] = relationship(
        back_populates="referral", order_by="Attachment.kind"
    )

    def __repr__(self) -> str:
        return f"referral {self.id}"


class ReferralIndicator(Model):
    __tablename__ = "referral_indicator"

    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[int] = mapped_column(ForeignKey("indicator.code"), primary_key=True)


class ReferralIdentity(Model):
    __tablename__ = "referral_identity"
    __table_args__ = (Index("ix_referral_identity_code", "code", "referral_id"),)

    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[int] = mapped_column(ForeignKey("identity.code"), primary_key=True)


class ReferralDraft(Model):
    """A half-filled form of one user: survives a lost session and a closed browser, and nobody else sees it.

    One of a new referral, and one for each returned referral that the user corrects (`referral_id`).
    """

    __tablename__ = "referral_draft"
    __table_args__ = (
        UniqueConstraint("user_id", "referral_id"),
        Index(
            "uq_referral_draft_new",
            "user_id",
            unique=True,
            sqlite_where=text("referral_id IS NULL"),
            postgresql_where=text("referral_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"))
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"), index=True)
    form: Mapped[str] = mapped_column(Secret)
    submission_key: Mapped[str] = mapped_column(String(36), unique=True)
    saved_at: Mapped[datetime] = mapped_column(Moment)


class Attachment(Model):
    """A file of a referral, or of a draft until the referral is sent. The content lies encrypted in the file store."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("(referral_id IS NULL) <> (draft_id IS NULL)", name="one_owner"),
        CheckConstraint("kind IN ('consent', 'guardian')", name="kind"),
        Index("ix_attachment_referral", "referral_id", "kind"),
        Index("ix_attachment_draft", "draft_id", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"))
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("referral_draft.id"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))
    extension: Mapped[str] = mapped_column(String(5))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    storage_name: Mapped[str] = mapped_column(String(36), unique=True)
    uploaded_at: Mapped[datetime] = mapped_column(Moment)
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))

    referral: Mapped[Referral | None] = relationship(back_populates="attachments")
