"""轉介個案建立: the form of a referral, the person form beside it, and the page that says where it went.

And what its unit may do with it later: correct it after a return, withdraw it.
"""

from views.referral.correction import ReferralCorrection
from views.referral.submit import ReferralSubmit
from views.referral.withdrawal import ReferralWithdrawal

__all__ = ["ReferralCorrection", "ReferralSubmit", "ReferralWithdrawal"]
