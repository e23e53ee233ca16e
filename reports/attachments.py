"""What the files of a referral are called when they are downloaded: `附件1_1314_2023-9-27.zip`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from models.referral import Attachment, Referral


class NamedFile(NamedTuple):
    attachment: Attachment
    name: str


def named_files(referral: Referral) -> Sequence[NamedFile]:
    """Numbered in their order. The uploaded file's own name may tell about the person: it is not used."""
    day = referral.referral_date
    suffix = f"{referral.id}_{day.year}-{day.month}-{day.day}"
    ordered = sorted(referral.attachments, key=lambda each: (each.kind, each.id))
    return [
        NamedFile(each, f"附件{number}_{suffix}.{each.extension}")
        for number, each in enumerate(ordered, start=1)
    ]
