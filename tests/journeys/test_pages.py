"""Every page of the menu as each role sees it, and the pages behind them, in both languages: accessible, without an
error in the console, without a request to anywhere but our own server, and never scrolling sideways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, Page, ViewportSize

from tests.batch_files import row, workbook
from tests.factories import fresh_number
from tests.journeys.conftest import Server
from tests.journeys.watch import Watch

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
# Swagger draws what is inside of its frame, in English and with its own faults; the page around it is ours.
OURS = {"exclude": [["#swagger-ui"]]}
LANG = {"zh_Hant_TW": "zh-Hant-TW", "en": "en"}
DESK = ViewportSize(width=1366, height=900)
TABLET = ViewportSize(width=820, height=1180)


def of_referrer(page: Page, _log_in: Any) -> Sequence[str]:
    page.goto("/referrals/batch/")
    file = FilePayload(name="upload.xlsx", mimeType="", buffer=workbook([row(), row(B="A123456788")]))
    page.locator("input[type=file]").set_input_files(file)
    page.locator("input[name=consent]").check()
    checked = pressed(page, "main .btn-primary")
    returned = row_of(page, "/referrals/status/?state=returned")
    page.goto(returned)
    correction = pressed(page, "main .btn-primary")
    waiting = row_of(page, "/referrals/status/?state=submitted")
    return (
        checked,
        returned,
        correction,
        waiting,
        f"{waiting}/withdraw",
        "/referrals/new/person",
        "/saved-searches/ReferralStatus/?state=returned",
        "/support/new",
        "/api/v1/",
        "/referrals/0",
    )


def of_supervisor(page: Page, _log_in: Any) -> Sequence[str]:
    page.goto("/transfers/")
    for box in page.locator("[data-choose]").all()[:2]:
        box.check()
    case = f"/transfers/{page.locator('[data-choose]').first.input_value()}"
    transfer = pressed(page, ".bulk-bar button")
    waiting = row_of(page, "/intake/")
    page.goto("/intake/")
    for box in page.locator("[data-choose]").all()[:2]:
        box.check()
    chosen = pressed(page, ".bulk-bar button")
    page.locator("fieldset.staff input").first.check()
    plan = pressed(page, "main .btn-primary")
    worked_on = row_of(page, "/cases/mine/", "a[href^='/cases/']:not([href*='?'])")
    page.goto(worked_on)
    watched = str(page.locator("a[href^='/people/trail/']").first.get_attribute("href"))
    return (
        waiting,
        f"{waiting}/assign",
        f"{waiting}/return",
        f"{waiting}/reroute",
        chosen,
        plan,
        f"{case}/assign",
        transfer,
        worked_on,
        f"{worked_on}/records/new?provided=1",
        watched,
        "/absences/add",
        "/intake/?name=無此人",
        "/roster/?date_from=x",
        *of_desk_supervisor(page),
    )


def of_desk_supervisor(page: Page) -> Sequence[str]:
    refused = row_of(
        page, "/desk/supervision/refusals/", "a[href^='/desk/supervision/refusals/']:not([href*='?'])"
    )
    asked = row_of(
        page, "/desk/supervision/requests/", "a[href^='/desk/supervision/requests/']:not([href*='?'])"
    )
    replayed = row_of(page, "/desk/decisions/", "a[href^='/desk/decisions/']:not([href*='?'])")
    tables = links_of(page, "/desk/tables/", "main a[href^='/desk/']")
    return (
        refused,
        asked,
        replayed,
        *tables,
        "/desk/tables/ratio/add",
        "/desk/tables/business-types/edit/1",
        "/desk/tables/groups/show/1",
        "/desk/roster/month",
        "/desk/visit-list/show/1",
        "/desk/supervision/undispatched",
        "/desk/supervision/overtime/",
        "/desk/departures/",
        f"/desk/departures/{officer_of(page)}",
        "/desk/handed-over/",
        "/desk/transfers/",
        "/desk/what-if/",
        "/desk/tally/month",
        "/desk/appointments/list/",
        "/desk/notices/",
    )


def of_manager(page: Page, _log_in: Any) -> Sequence[str]:
    page.goto("/support/new")
    page.locator("[name=subject]").fill("列印時字太小")
    page.locator("[name=text]").fill("轉介回覆單的字太小")
    asked = pressed(page, "main .btn-primary")
    case = row_of(page, "/cases/mine/", "a[href^='/cases/']:not([href*='?'])")
    return asked, case, f"{case}/records/new?provided=0", f"{case}/reply-form"


def of_admin(page: Page, _log_in: Any) -> Sequence[str]:
    page.goto("/support/new")
    page.locator("[name=subject]").fill("要怎麼核發金鑰")
    page.locator("[name=text]").fill("要怎麼核發金鑰給縣市政府的系統?")
    asked = pressed(page, "main .btn-primary")
    return (
        asked.replace("/support/", "/support-desk/"),
        row_of(page, "/unrouted/", "a[href^='/unrouted/']:not([href*='?'])"),
        "/api-keys/issue",
        "/news/add",
        "/news/show/1",
        "/bulletins/show/1",
        "/download-files/show/1",
        "/download-files/add",
        "/outbox/show/1",
        "/users/add",
        "/users/show/1",
        "/roles/show/1",
        "/units/add",
        "/codes/identities/",
        "/service-areas/trial/?text=新竹市東區東大路二段60號",
    )


def of_auditor(page: Page, log_in: Any) -> Sequence[str]:
    supervisor: Page = log_in("supervisor")
    supervisor.goto(row_of(supervisor, "/intake/"))
    supervisor.locator("[data-reveal] button").click()
    number = supervisor.locator("[data-national-id]:not(:has-text('*'))").inner_text()
    page.goto("/audit/disclosure/")
    page.locator("[name=national_id]").fill(number)
    page.locator("[name=reason]").fill("115年個資申請第12號")
    gathered = pressed(page, "main .btn-primary")
    entry = row_of(page, "/audit/trail/")
    page.goto(entry)
    watched = str(page.locator("main a[href^='/audit/person/']").first.get_attribute("href"))
    return gathered, entry, watched, "/audit/trail/?date_from=x"


def of_reception(page: Page, _log_in: Any) -> Sequence[str]:
    """The card before the check-in, the card after it, a ticket, a refusal, and the lists."""
    page.goto("/desk/reception/")
    page.locator("#papers summary").click()
    page.locator("#papers [name=visitor]").fill("沒帶證件的民眾")
    page.locator("#papers [name=business_type_id]").first.check()
    visit = pressed(page, "#papers button[type=submit]")
    key = visit.partition("visit=")[2]
    page.goto("/desk/reception/")
    page.locator("#find-search").fill(fresh_number("Z"))
    unknown = pressed(page, "#find button")
    page.locator("#register [name=name]").fill("賀新年")
    page.locator("#register [name=birthday]").fill("80/7/7")
    person = pressed(page, "#register button[type=submit]")
    return (
        visit,
        unknown,
        person,
        f"/desk/reception/visits/{key}/ticket",
        "/desk/transfers/",
        "/desk/appointments/list/",
        "/desk/tally/month",
        "/desk/tables/shifts/list/",
        "/desk/tables/evidence/add",
        "/desk/decisions/",
        "/desk/notices/",
    )


def of_counter1(page: Page, _log_in: Any) -> Sequence[str]:
    """With somebody at hand, and the steps that ask for more than a press."""
    page.goto("/desk/counter/")
    if (call := page.locator("#counter-now .btn-moment")).count():
        call.click()
        page.locator(".hand").wait_for()
    links = links_of(page, "/desk/counter/", "main a[data-step]")
    page.goto("/desk/appointments/")
    entry = page.locator(".book-entry")
    entries = [str(entry.first.get_attribute("href"))] if entry.count() else []
    free = page.locator("a.book-slot")
    slots = [str(free.first.get_attribute("href"))] if free.count() else []
    return (
        *links,
        *entries,
        *slots,
        "/desk/transfers/",
        "/desk/tally/mine",
        "/desk/tally/month",
        "/desk/roster/month",
        "/desk/handed-over-to-me/",
        "/desk/appointments/list/",
        "/desk/counter/0",
    )


def of_itstaff(page: Page, _log_in: Any) -> Sequence[str]:
    return (
        "/desk/departures/",
        f"/desk/departures/{officer_of(page)}",
        "/desk/tables/counters/list/",
        "/desk/tables/changes/",
        "/desk/tables/posts/show/1",
        "/desk/decisions/",
        "/desk/visit-list/show/1",
        "/desk/tally/month",
        "/desk/roster/month",
        "/desk/notices/",
    )


# The pages that no menu leads to, prepared in Chinese and walked in both languages.
BEYOND_THE_MENU: dict[str, Callable[[Page, Any], Sequence[str]]] = {
    "referrer": of_referrer,
    "supervisor": of_supervisor,
    "manager": of_manager,
    "admin": of_admin,
    "auditor": of_auditor,
    "reception": of_reception,
    "counter1": of_counter1,
    "itstaff": of_itstaff,
}


@pytest.mark.parametrize("language", LANG)
@pytest.mark.parametrize("username", BEYOND_THE_MENU)
def test_every_page_is_accessible_and_quiet(
    username: str, language: str, server: Server, log_in: Any, picture: Any
) -> None:
    page: Page = log_in(username)
    beyond = BEYOND_THE_MENU[username](page, log_in)
    watch = Watch(page, server)
    page.goto(f"/lang/{language}")
    page.goto("/")
    links = page.locator("nav a[href^='/']").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    pages = [link for link in dict.fromkeys(links) if not link.startswith("/lang")]
    assert "/account/" in pages
    faults = []
    for number, address in enumerate(["/", *pages, *beyond]):
        page.set_viewport_size(DESK)
        page.goto(address)
        # The reply form is a paper of its own, in Chinese for whoever reads it.
        if (
            page.locator(".shell-header").count()
            and page.locator("html").get_attribute("lang") != LANG[language]
        ):
            faults.append(f"{address}: not in {language}")
        found = Axe().run(page, OURS if page.locator("#swagger-ui").count() else None, RULES)
        if found.violations_count:
            faults.append(f"{address}: {found.generate_report()}")
        picture(page, f"page-{username}-{language}-{number:02}")
        for name, size in (("", DESK), (" on a tablet", TABLET)):
            page.set_viewport_size(size)
            if _overflows(page):
                faults.append(f"{address}: the page scrolls sideways{name}")
    assert not faults, "\n".join(faults)
    assert not watch.trouble, "\n".join(watch.trouble)


def pressed(page: Page, selector: str) -> str:
    """Press, and give the address that it led to."""
    before = page.url
    page.locator(selector).first.click()
    page.wait_for_url(lambda url: url != before)
    return page.url


def links_of(page: Page, address: str, links: str) -> list[str]:
    """Where these links of a page lead, each once."""
    page.goto(address)
    found = page.locator(links).evaluate_all("all => all.map(one => one.getAttribute('href'))")
    return [link for link in dict.fromkeys(found) if not link.endswith((".xlsx", ".ods"))]


def officer_of(page: Page) -> str:
    """The account of an officer who could leave the centre."""
    [*_, last] = links_of(page, "/desk/departures/", "main a[href^='/desk/departures/']")
    return last.rpartition("/")[2]


def row_of(page: Page, address: str, link: str = "a:not([href*='?'])") -> str:
    """Where the first row of a list leads."""
    page.goto(address)
    return str(page.locator(f"main tbody {link}").first.get_attribute("href"))


def _overflows(page: Page) -> bool:
    """Tables scroll inside of their frame; the page itself never does.

    Asked after the frame is painted: the page's resize observers have spoken by then, and nobody sees it earlier.
    """
    return bool(
        page.evaluate("""new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(() =>
            painted(document.documentElement.scrollWidth > document.documentElement.clientWidth))))""")
    )
