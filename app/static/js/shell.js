/* The frame: collapsible menu, countdown to the idle logout, flashed messages, dialogs opened by buttons. */
(() => {
  const texts = JSON.parse(document.getElementById("texts")?.textContent || "{}");
  const root = document.documentElement;

  /** Storage may be forbidden; the page works without it. */
  const store = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* nothing to remember then */ } },
  };

  const announce = (text) => { const place = document.getElementById("announcer"); if (place) place.textContent = text; };
  window.jieli = { texts, announce };

  // Menu: wide or a rail of icons, remembered on this computer.
  const menu = document.getElementById("menu");
  const toggle = document.getElementById("menu-toggle");
  const isRail = () => root.dataset.menu === "rail";
  const drawToggle = () => {
    const label = isRail() ? toggle.dataset.expand : toggle.dataset.collapse;
    toggle.setAttribute("aria-expanded", String(!isRail()));
    toggle.querySelector(".menu-toggle-label").textContent = label;
  };
  if (menu && toggle) {
    drawToggle();
    toggle.addEventListener("click", () => {
      if (isRail()) delete root.dataset.menu; else root.dataset.menu = "rail";
      store.set("jieli.menu", isRail() ? "rail" : "wide");
      hideName();
      drawToggle();
    });
    const showName = (event) => {
      const entry = event.target.closest(".menu-entry, .menu-toggle");
      if (!entry || !isRail()) return;
      hideName();
      const box = entry.getBoundingClientRect();
      const name = document.createElement("div");
      name.className = "menu-name";
      name.setAttribute("aria-hidden", "true");
      name.textContent = entry.querySelector(".menu-label, .menu-toggle-label").textContent;
      document.body.append(name);
      name.style.left = `${box.right + 8}px`;
      name.style.top = `${box.top + (box.height - name.offsetHeight) / 2}px`;
    };
    for (const type of ["mouseover", "focusin"]) menu.addEventListener(type, showName);
    for (const type of ["mouseout", "focusout", "scroll"]) menu.addEventListener(type, () => hideName());
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") hideName(); });
  }
  function hideName() { document.querySelector(".menu-name")?.remove(); }

  // Countdown. Every page and every tab of this browser puts the clock back to the full time.
  const idle = document.getElementById("idle");
  if (idle) {
    const full = Number(idle.dataset.seconds);
    const warn = Number(idle.dataset.warn);
    const dialog = document.getElementById("idle-dialog");
    const places = [idle.querySelector(".idle-left"), dialog?.querySelector(".idle-left-large")];
    const seen = () => Number(store.get("jieli.seen")) || pageSeen;
    let pageSeen = Date.now();
    const touch = () => { pageSeen = Date.now(); store.set("jieli.seen", String(pageSeen)); };
    touch();

    const tick = () => {
      const left = Math.max(0, Math.round(full - (Date.now() - Math.max(seen(), pageSeen)) / 1000));
      const clock = `${String(Math.floor(left / 60)).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`;
      for (const place of places) if (place) place.textContent = clock;
      idle.classList.toggle("is-short", left <= warn);
      if (left === 0) return leave();
      if (left <= warn && dialog && !dialog.open) {
        document.dispatchEvent(new CustomEvent("jieli:expiring"));   // a long form may save its draft
        dialog.showModal();
      }
      if (left > warn && dialog?.open) dialog.close();               // extended in another tab
    };
    const leave = () => {
      clearInterval(timer);
      document.dispatchEvent(new CustomEvent("jieli:leaving"));
      location.assign(idle.dataset.login);
    };
    const extend = async () => {
      const token = document.querySelector('meta[name="csrf-token"]')?.content;
      const answer = await fetch(idle.dataset.extend, {
        method: "POST", credentials: "same-origin", redirect: "error", headers: { "X-CSRFToken": token || "" },
      }).catch(() => null);
      if (!answer?.ok) { if (answer?.status === 401 || answer?.status === 403) leave(); return; }
      touch();
      dialog?.close();
      tick();
      announce(texts.extended);
    };
    for (const button of document.querySelectorAll("[data-extend-session]")) button.addEventListener("click", extend);
    const timer = setInterval(tick, 1000);
    window.addEventListener("pageshow", tick);
  }

  // Messages: a live region speaks only what is put in after it exists.
  const flashes = document.getElementById("flashes");
  if (flashes?.children.length) {
    const messages = [...flashes.children];
    flashes.replaceChildren();
    setTimeout(() => flashes.append(...messages), 60);
    flashes.addEventListener("click", (event) => {
      if (event.target.closest("[data-close-flash]")) event.target.closest(".flash").remove();
    });
  }

  // Dialogs: data-open-dialog="id", data-open-now, data-close-dialog, a click on the backdrop.
  document.querySelector("dialog[data-open-now]")?.showModal();
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
    if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog")?.close();
    if (event.target.matches("dialog.dialog")) event.target.close();
  });
})();
