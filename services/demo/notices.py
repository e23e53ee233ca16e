"""What the demo world's administrator has published: bulletin, news, files to download."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from models.content import FAR_FUTURE, Bulletin, Download, News
from rules.calendar import add_months, local_date
from services.demo import files
from services.file_changes import FileChanges
from services.transaction import AnySession

PUBLISHER = "林系統"


def publish(session: AnySession, changes: FileChanges, *, at: datetime) -> None:
    today = local_date(at)
    bulletins = (
        Bulletin(text="111-11 上線測試", shown_from=date(2022, 11, 1)),
        Bulletin(text="本系統將於本週六 22:00 至週日 02:00 進行主機維護,期間暫停服務,造成不便敬請見諒。",
                 shown_from=today - timedelta(days=2), shown_until=today + timedelta(days=12)),
    )  # fmt: skip
    news = (
        News(text="轉介整批上傳範本已更新,請至「檔案下載」下載新版後再填寫;每次上傳以30筆為限。",
             shown_from=today - timedelta(days=20)),
        News(text="提醒各轉介單位:未滿18歲之個案,送出轉介單前請備妥法定監護人同意書或轉介單位相關佐證文件。",
             shown_from=today - timedelta(days=9)),
        News(text="個管員請留意應結案日期:到期前10日起可辦理延期三個月,逾期未結案者系統將以紅色標示。",
             shown_from=today - timedelta(days=3)),
        News(text="年度教育訓練報名已截止,感謝各單位踴躍參加。",
             shown_from=add_months(today, -4), shown_until=add_months(today, -3)),
    )  # fmt: skip
    consent = files.archive(
        {
            "consent-form.pdf": files.pdf("Consent form"),
            "guardian-form.pdf": files.pdf("Guardian's consent form"),
        }
    )
    downloads = (
        _download(changes, "個資同意書", "個資同意書.zip", consent, FAR_FUTURE),
        _download(changes, "轉介整批上傳範本", "轉介整批上傳範本.xlsx", files.batch_template(), FAR_FUTURE),
        _download(
            changes,
            "系統維護通知",
            "系統維護通知.pdf",
            files.pdf("Maintenance notice"),
            today + timedelta(days=30),
        ),
        _download(
            changes,
            "111年成果發表會簡報",
            "111年成果發表會簡報.pdf",
            files.pdf("Results 2022"),
            date(2022, 12, 31),
        ),
    )
    for row in (*bulletins, *news, *downloads):
        row.changed_at, row.changed_by_name = at, PUBLISHER
        session.add(row)
    session.flush()


def _download(changes: FileChanges, title: str, name: str, content: bytes, expires_on: date) -> Download:
    return Download(
        title=title,
        file_name=name,
        extension=name.rpartition(".")[2],
        size=len(content),
        storage_name=changes.save(content),
        expires_on=expires_on,
    )
