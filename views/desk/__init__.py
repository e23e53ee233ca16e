"""Screens of the front desk: reception, counter, supervision, the board in the hall. Spec 2-dispatch §3, §5, §6."""
