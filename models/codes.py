"""The code lists an administrator keeps: indicators, identities, services, reasons. A code is never reused or deleted."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model


class CodeItem:
    """`code` is the number of the manual and of the Excel batch; a code no longer offered stays readable."""

    code: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str] = mapped_column(String(200), unique=True)
    active: Mapped[bool] = mapped_column(default=True)

    def __repr__(self) -> str:
        return f"{self.code} {self.label}"


class Indicator(CodeItem, Model):
    """轉介評估指標."""

    __tablename__ = "indicator"


class Identity(CodeItem, Model):
    """個案身分別."""

    __tablename__ = "identity"


class ServiceKind(CodeItem, Model):
    """收案提供服務情形: 1 就業服務, 2 職業訓練, 3 其他."""

    __tablename__ = "service_kind"


class RefusalReason(CodeItem, Model):
    """無法提供服務原因."""

    __tablename__ = "refusal_reason"
