"""Why a mail has not left, in words: the outbox keeps what the program said."""

from __future__ import annotations

from rules.texts import N_

# By the name of the exception at the beginning of what `services.outbox` noted down.
_WORDS = {
    "NoServer": N_("尚未設定郵件伺服器(MAIL_SERVER),設定後會自動寄出。"),
    "Refused": N_("收件伺服器不收:信箱不存在或已停用,請確認收件者的電子信箱。"),
    "SMTPRecipientsRefused": N_("收件伺服器暫時不收,稍後會再試。"),
    "SMTPSenderRefused": N_("郵件伺服器不接受寄件者,請檢查 MAIL_SENDER。"),
    "SMTPAuthenticationError": N_("郵件伺服器不接受登入,請檢查 MAIL_USERNAME 與 MAIL_PASSWORD。"),
    "SMTPNotSupportedError": N_("郵件伺服器不支援目前的設定,請檢查 MAIL_USE_TLS。"),
    "SMTPDataError": N_("郵件伺服器不收這封信的內容。"),
    "SMTPServerDisconnected": N_("郵件伺服器中斷連線。"),
    "ConnectionRefusedError": N_("連不上郵件伺服器,請檢查 MAIL_SERVER 與 MAIL_PORT。"),
    "ConnectionResetError": N_("郵件伺服器中斷連線。"),
    "TimeoutError": N_("郵件伺服器沒有回應。"),
    "gaierror": N_("找不到郵件伺服器,請檢查 MAIL_SERVER。"),
    "SSLError": N_("與郵件伺服器的加密連線失敗,請檢查 MAIL_USE_TLS。"),
    "SSLCertVerificationError": N_("郵件伺服器的憑證無法驗證。"),
    "UnreadableSecret": N_("郵件內容無法解密,請檢查加密金鑰的設定。"),
}
_ELSE = N_("寄送時發生錯誤。")


def in_words(noted: str) -> str:
    """A msgid; empty where nothing was noted down."""
    return _WORDS.get(noted.partition(":")[0].strip(), _ELSE) if noted else ""
