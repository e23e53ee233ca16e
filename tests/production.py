"""A production's environment that is right; tests make one thing wrong at a time."""

from __future__ import annotations

PRODUCTION = {
    "JIELI_ENV": "production",
    "DATABASE_URL": "postgresql+psycopg://jieli@localhost/jieli",
    "SECRET_KEY": "a-secret-of-more-than-thirty-two-characters",
    "DATA_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "DATA_HASH_KEY": "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=",
    "PUBLIC_URL": "https://jieli.example",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "TRUSTED_PROXIES": "1",
}
