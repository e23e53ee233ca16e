"""The house rules, read from the source and from the running application."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from rules.permissions import ROLES, Permission, Role
from views.access import Screen
from views.api import ApiResource
from views.generated.base import GeneratedView
from views.lists import ListScreen
from views.registered import registered_permissions

ROOT = Path(__file__).resolve().parents[1]
ORDER = ("rules", "models", "reports", "services", "views", "app")
# Columns that only moves and services may set: no form offers them.
FLOW_COLUMNS = {
    "state",
    "version",
    "due_date",
    "closed_on",
    "closed_at",
    "case_manager_id",
    "receiving_unit_id",
    "submission_key",
}
# FAB's own routes: public helpers that show and change nothing of ours.
FABS_OWN = {"UtilView", "LocaleView", "MenuApi", "OpenApi"}


def modules(package: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / package).rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module, node.lineno


@pytest.mark.parametrize("package", ORDER)
def test_a_package_imports_only_from_its_left(package: str) -> None:
    right = set(ORDER[ORDER.index(package) + 1 :]) | {"run", "tests"}
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path, tree in modules(package)
        for name, line in imports(tree)
        if name.split(".")[0] in right
    ]
    assert not wrong, "imports go from right to left only: " + "; ".join(wrong)


def test_rules_need_nothing_but_the_standard_library() -> None:
    foreign = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path, tree in modules("rules")
        for name, line in imports(tree)
        if name.split(".")[0] not in {*sys.stdlib_module_names, "rules"}
    ]
    assert not foreign, "; ".join(foreign)


@pytest.mark.parametrize("package", ["models", "reports", "services"])
def test_only_views_and_app_know_the_request(package: str) -> None:
    wrong = []
    for path, tree in modules(package):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {
                "flask",
                "flask_login",
            }:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong, "actor and time are arguments (`by`, `at`), not taken from the request: " + "; ".join(
        wrong
    )


def test_no_view_sets_a_state_or_commits() -> None:
    wrong = []
    for path, tree in modules("views"):
        if path.name == "saving.py" and path.parent.name == "generated":
            continue  # the one transaction of generated forms
        for node in ast.walk(tree):
            targets = node.targets if isinstance(node, ast.Assign) else []
            if any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} sets a state: use a service")
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "commit"
            ):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} commits: use `with transaction(…)`")
    assert not wrong, "; ".join(wrong)


def test_services_never_commit() -> None:
    allowed = {"transaction.py", "outbox.py"}  # the outbox commits between a mail and the next
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in modules("services")
        if path.name not in allowed
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert not wrong, "a service is called inside the caller's transaction: " + "; ".join(wrong)


def test_every_exposed_method_is_guarded(app: Flask) -> None:
    unguarded = []
    for view in app.appbuilder.baseviews:
        if type(view).__name__ in FABS_OWN or isinstance(view, ListScreen | GeneratedView):
            names = () if type(view).__name__ in FABS_OWN else _own_methods(view)
        else:
            names = _exposed(type(view))
        unguarded += [
            f"{type(view).__name__}.{name}: add @needs(P.…) or @public"
            for name in names
            if getattr(getattr(type(view), name), "needs", None) is None
            and not hasattr(getattr(type(view), name), "_permission_name")
        ]
    assert not unguarded, "; ".join(unguarded)


def _exposed(view: type) -> list[str]:
    return [name for name in dir(view) if hasattr(getattr(view, name, None), "_urls")]


def _own_methods(view: object) -> list[str]:
    """Routes beyond those whose guard stands in the base class."""
    known = set(_exposed(ListScreen)) | set(_exposed(GeneratedView))
    return [name for name in _exposed(type(view)) if name not in known]


def test_screens_ask_for_exactly_the_permissions_of_the_table(app: Flask) -> None:
    asked, table = registered_permissions(app.appbuilder), {permission.pair for permission in Permission}
    assert asked == table, (
        f"asked for but not in the table: {asked - table}; in the table but not asked for: {table - asked}"
    )


def test_every_permission_is_granted_to_somebody() -> None:
    assert set().union(*ROLES.values()) == set(Permission)


def test_every_role_has_its_line_in_the_table() -> None:
    assert set(ROLES) == set(Role)


def test_no_generated_form_offers_a_column_of_the_flow(app: Flask) -> None:
    offered = {
        f"{type(view).__name__}.{column}"
        for view in app.appbuilder.baseviews
        if isinstance(view, GeneratedView) and not view.read_only
        for column in (*view.add_columns, *view.edit_columns)
        if column in FLOW_COLUMNS
    }
    assert not offered


def test_screens_belong_to_one_of_the_two_bases(app: Flask) -> None:
    strange = [
        type(view).__name__
        for view in app.appbuilder.baseviews
        if type(view).__name__ not in FABS_OWN | {"LoginView"}
        and not isinstance(view, Screen | GeneratedView | ApiResource)
    ]
    assert not strange, strange


def test_the_project_speaks_of_nothing_outside_of_it() -> None:
    marks = (
        "../" + "shared",
        "/wo" + "rk/",
        "registry." + "npmjs",
        "pypi." + "org/simple",
        "--index" + "-url",
    )
    wrong = [
        f"{path.relative_to(ROOT)}: {mark}"
        for path in _texts()
        for mark in marks
        if mark in path.read_text(encoding="utf-8", errors="ignore")
    ]
    assert not wrong, "; ".join(wrong)


def _texts() -> Iterator[Path]:
    endings = {".py", ".md", ".html", ".js", ".css", ".txt", ".in", ".toml", ".ini", ".cfg", ".po", ""}
    skipped = {
        ".venv",
        ".git",
        "instance",
        "build",
        "__pycache__",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".hypothesis",
    }
    for path in ROOT.rglob("*"):
        if path.is_file() and path.suffix in endings and not skipped & set(path.relative_to(ROOT).parts):
            yield path
