"""Decisions, and nothing else: no web, no database, no clock.

Standard library only; one module, one page of the spec.
"""
