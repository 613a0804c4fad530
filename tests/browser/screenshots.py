"""Makes the pictures of the documentation anew: ``make screenshots``.

The pictures show a morning of a made-up parcel service. Time stands still while they are taken,
so that two runs differ only where the pages do.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.house import PASSWORD, House
from tools import chromium

FOLDER = Path(__file__).parents[2] / "docs" / "images"
#: Minutes since the mention before, name, reach, text.
MENTIONS = (
    (0, "Lena Fischer", 310, "Seit zwei Wochen warte ich auf mein Paket. Keine Antwort, schlimm!"),
    (9, "Priya Nair", 560, "Your driver Tom waited until I found my keys. Lovely, thank you!"),
    (4, "Lee Kwan", 41, "We would like to buy 40 boxes a month. How much is it to Norway?"),
    (
        16,
        "Maya Torres",
        12_400,
        "My parcel was out for delivery three days ago. Where is it?! Bad.",
    ),
    (3, "محمد العلي", 320, "وصل الطرد مكسورًا ولا أحد يرد على رسائلي."),
    (11, "Sam 🦄", 15, "Your app charged me twice 😡 give me my money back, this is awful!"),
    (5, "Owen Price", 88, "The power is out since six, insulin in the fridge. I call my lawyer."),
    (2, "Noor Haddad", 2_300, "Terrible. Third time this month that nobody rang the bell."),
)


def morning(house: House) -> None:
    """Let customers write, and two agents begin to answer."""
    for minutes, name, reach, text in MENTIONS:
        house.time_passes(timedelta(minutes=minutes))
        house.customer_writes(text, name=name, reach=reach)
        house.replies_go_out()
    open_tasks = house.engine.user_tasks()
    house.engine.claim(open_tasks[0].id, by="ana")
    house.engine.claim(open_tasks[3].id, by="ben")


def take(browser: Browser, house: House, name: str, login: str, path: str, **more: object) -> None:
    """Write one picture; ``scheme`` and ``before`` (done on the page first) are optional."""
    context = browser.new_context(
        base_url=house.address,
        viewport={"width": 1440, "height": 860},
        color_scheme=more.get("scheme", "light"),
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.goto(path)
    if page.locator("[data-diagram]").count():
        page.locator("[data-diagram][data-ready]").wait_for()
    before = more.get("before")
    if callable(before):
        before(page)
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


def writing(page: Page) -> None:
    """Begin an answer."""
    field = page.get_by_label("Your answer")
    field.fill("We are sorry about this. A technician is on the way and will be there by ten.")


def trying(page: Page) -> None:
    """Ask the decision about a customer who wants money back."""
    for fact in ("money", "trouble"):
        page.locator(f"[name='in.facts.{fact}']").select_option("true")
    page.get_by_role("button", name="Decide").click()
    page.get_by_text("Triage, row").first.wait_for()


def main() -> int:
    """Take every picture; exit 1 when there is no browser."""
    executable = chromium.find()
    if executable is None:
        print(chromium.CURE, file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    house = House()
    morning(house)
    mine = house.engine.user_tasks(claimed_by="ana")[0]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        shoot = partial(take, browser, house)
        shoot("inbox", "ana", "/inbox")
        shoot("inbox-dark", "ana", "/inbox", scheme="dark")
        shoot("user-task", "ana", f"/tasks/{mine.id}", before=writing)
        shoot("instance", "mia", f"/instances/{mine.instance_id}")
        shoot("process", "dan", "/processes/complaint")
        shoot("decision", "dan", "/decisions/triage", before=trying)
        shoot("monitor", "mia", "/monitor")
        browser.close()
    house.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
