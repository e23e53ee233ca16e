"""The client of the documents, as it stands there, against a running server."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.serving import make_server

from app.extensions import db
from models.referral import Referral
from tests.views.api.conftest import issued_key

EXAMPLES = Path(__file__).resolve().parents[1] / "docs" / "examples"


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def run(source: Path, url: str, key: str) -> str:
    environment = os.environ | {"JIELI_URL": url, "JIELI_API_KEY": key, "PYTHONIOENCODING": "utf-8"}
    client = [sys.executable, str(EXAMPLES / "referral_client.py"), str(source)]
    done = subprocess.run(client, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def filed() -> int:
    return db.session.scalar(select(func.count()).select_from(Referral)) or 0


def test_the_client_files_a_referral_twice_and_makes_one(url: str, tmp_path: Path) -> None:
    key = issued_key("referrer")
    db.session.remove()
    source = tmp_path / "referral.json"
    source.write_bytes((EXAMPLES / "referral.json").read_bytes())
    first, again = run(source, url, key), run(source, url, key)
    assert first == again
    assert first.split()[1:] == ["待收案", "新竹就業中心"]
    assert filed() == 1


def test_the_client_raises_what_the_server_refuses(url: str) -> None:
    client = _module()
    jieli = client.Jieli(url, issued_key("referrer"))
    db.session.remove()
    body = json.loads((EXAMPLES / "referral.json").read_text(encoding="utf-8"))
    with pytest.raises(client.Refused) as refused:
        jieli.file_referral({**body, "consent": False}, "a key of my own".replace(" ", "-"))
    assert set(refused.value.fields) == {"consent"}
    assert filed() == 0


def test_the_client_fetches_a_new_token_when_the_old_one_ends(url: str) -> None:
    client = _module()
    jieli = client.Jieli(url, issued_key("referrer"))
    db.session.remove()
    jieli.token = "ended"
    body = json.loads((EXAMPLES / "referral.json").read_text(encoding="utf-8"))
    number = jieli.file_referral(body, "another-key")["number"]
    assert jieli.status(number)["state"] == "submitted"


def _module() -> Any:
    spec = importlib.util.spec_from_file_location("referral_client", EXAMPLES / "referral_client.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
