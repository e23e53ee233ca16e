"""The demo world: a cast with fixed account names, and referrals in every state around today. Refused in production."""
