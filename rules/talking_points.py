"""參考話術: what reception says word for word to a visitor who asks (接待台 rules 八, 九)."""

from __future__ import annotations

from rules.texts import N_

# 接待台 rule 八: 「已預約時間，何需抽號碼牌？」
WHY_A_TICKET = N_("預約民眾仍須至接待台報到，以利櫃台就服員提前調閱資料，縮短業務申辦時間。")
# 接待台 rule 九: the visitor wants another officer.
WHY_ONE_OFFICER = N_(
    "一案到底機制是為『縮短業務申辦流程』及『提升個人隱私』所建置，得避免重複提供不同就服員個人資料及業務需求。"
)
