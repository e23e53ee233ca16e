"""轉介個案建立: the form of a referral, the person form beside it, and the page that says where it went."""

from views.referral.submit import ReferralSubmit

__all__ = ["ReferralSubmit"]
