/* Screens of the front desk that update by themselves.

   Polls #pulse[data-url] for the centre's serial number. When it has changed, when a moment of the page has come (below), and
   twice a minute because minutes are counted too, every element with data-live="address" is asked for again: the answer is what stands inside the element (a page's
   fragment whose one root is the element itself will do). The new content is worked into the old node by node, so focus,
   caret, open <details>, typed text, chosen boxes and scroll stay. An element with data-keep is left alone; id or data-key
   tells rows apart when their order changes.

   data-clock-since="ISO": counts up by the server's clock, m:ss or h:mm:ss. data-clock-limit="seconds" adds .is-long.
   When a clock comes to its limit, and at data-fresh-at="ISO", time alone has changed what the page should show: it asks then.
   Events: jieli:pulse on the document (detail: the answer), jieli:live on each element that was refreshed.
   window.jieli.live.poll() asks at once, after a step that a script has made. */
(() => {
  const place = document.getElementById("pulse");
  if (!place) return;
  const EVERY = 2000, HIDDEN = 10000, SLOWEST = 15000, PATIENCE = 8000, AGE = 30000;
  const SLACK = 500;            // what we take for the server's time may be too early by as long as an answer is under way
  // X-Live: such a request is nobody's activity, the idle countdown goes on.
  const HEADERS = { "X-Requested-With": "fetch", "X-Live": "1" };
  let serial = null;            // what the page shows
  let refreshedAt = 0;
  let stale = false;            // a moment has come since
  const come = new Set();       // the moments that have
  let failures = 0;
  let timer = null;
  let asking = false;
  let again = false;
  let over = false;
  let offset = Date.parse(place.dataset.now) - Date.now();

  const ask = (url) => fetch(url, { credentials: "same-origin", headers: HEADERS, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });

  async function poll() {
    if (over) return;
    if (asking) { again = true; return; }
    asking = true;
    clearTimeout(timer);
    try {
      const sent = Date.now();
      const url = new URL(place.dataset.url, location.href);
      if (serial !== null) url.searchParams.set("since", serial);
      const answer = await ask(url);
      if (answer.status === 401) { over = true; return location.reload(); }
      if (answer.status === 403) { over = true; return; }
      if (!answer.ok) throw new Error(String(answer.status));
      const pulse = await answer.json();
      if (pulse.serial === null) { over = true; return; }        // a unit without a front desk
      offset = Date.parse(pulse.now) - (sent + Date.now()) / 2;
      for (const [address, count] of Object.entries(pulse.counts)) number(address, count);
      document.dispatchEvent(new CustomEvent("jieli:pulse", { detail: pulse }));
      if (!document.hidden && (pulse.serial !== serial || stale || Date.now() - refreshedAt > AGE)) {
        stale = false;
        await Promise.all([...document.querySelectorAll("[data-live]")].map(refresh));
        refreshedAt = Date.now();
        serial = pulse.serial;
      }
      found();
    } catch {
      stale = true;                                               // whatever was to be fetched has not come whole
      lost();
    } finally {
      asking = false;
      if (!over) timer = setTimeout(poll, again ? 0 : pause());
      again = false;
    }
  }

  /** Beside the menu's entry of that address. */
  function number(address, count) {
    const place = document.querySelector(`.menu-entry[href="${CSS.escape(address)}"] .menu-count`);
    if (!place) return;
    place.dataset.short = count > 99 ? "99+" : count;
    place.firstChild.nodeValue = count > 999 ? "999+" : count;
  }

  const pause = () => (failures ? Math.min(SLOWEST, EVERY * 2 ** (failures - 1)) : document.hidden ? HIDDEN : EVERY);

  function lost() {
    failures += 1;
    document.documentElement.dataset.live = "lost";
    const line = document.getElementById("live-lost");
    if (line && !line.textContent) line.textContent = line.dataset.text;
  }

  function found() {
    failures = 0;
    delete document.documentElement.dataset.live;
    const line = document.getElementById("live-lost");
    if (line?.textContent) line.textContent = "";
  }

  async function refresh(element) {
    if (element.querySelector("form[data-sent]")) return;         // on its way to the next page
    const answer = await ask(element.dataset.live);
    if (answer.status === 401) { over = true; return location.reload(); }
    if (answer.status >= 500) throw new Error(String(answer.status));
    if (!answer.ok || !element.isConnected || answer.headers.get("Content-Type").includes("json")) return;
    const html = await answer.text();
    if (element.lastHtml === html) return;
    element.lastHtml = html;
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const only = fresh.content.firstElementChild;
    const same = fresh.content.childElementCount === 1 && (only.hasAttribute("data-live") || (element.id && only.id === element.id));
    const active = document.activeElement;
    const caret = element.contains(active) && "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : null;
    morph(element, same ? only : fresh.content);
    if (active !== document.activeElement && active?.isConnected && element.contains(active)) {
      active.focus({ preventScroll: true });                      // it was moved among its neighbours
      if (caret?.[0] != null) active.setSelectionRange(...caret);
    }
    tick();
    element.dispatchEvent(new CustomEvent("jieli:live", { bubbles: true }));
  }

  const key = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.id || node.dataset.key || "" : "");
  const alike = (one, other) => one.nodeType === other.nodeType && one.nodeName === other.nodeName;

  /** Makes the children of `old` those of `fresh`, with as many of the nodes that are there as possible. */
  function morph(old, fresh) {
    const left = new Set(old.childNodes);
    const keyed = new Map([...left].filter(key).map((node) => [key(node), node]));
    let at = old.firstChild;
    for (const wanted of [...fresh.childNodes]) {
      let node = key(wanted) ? keyed.get(key(wanted)) : [...left].find((each) => !key(each) && alike(each, wanted));
      if (node && (!left.has(node) || !alike(node, wanted))) node = null;
      if (node) {
        left.delete(node);
        if (node === at) at = at.nextSibling; else old.insertBefore(node, at);
        update(node, wanted);
      } else old.insertBefore(document.importNode(wanted, true), at);
      while (at && !left.has(at)) at = at.nextSibling;
    }
    for (const node of left) node.remove();
  }

  function update(node, wanted) {
    if (node.nodeType !== Node.ELEMENT_NODE) {
      if (node.nodeValue !== wanted.nodeValue) node.nodeValue = wanted.nodeValue;
      return;
    }
    if (node.hasAttribute("data-keep") || node.isEqualNode(wanted)) return;
    const users = touched(node);
    for (const { name, value } of [...wanted.attributes]) {
      if (!users.has(name) && node.getAttribute(name) !== value) node.setAttribute(name, value);
    }
    for (const { name } of [...node.attributes]) if (!wanted.hasAttribute(name) && !users.has(name)) node.removeAttribute(name);
    if (node.matches("textarea") && users.has("value")) return;
    const chosen = node.matches("select") && users.has("value") ? node.value : null;
    morph(node, wanted);
    if (chosen !== null && [...node.options].some((option) => option.value === chosen)) node.value = chosen;
  }

  /** The attributes that are the user's by now. */
  function touched(node) {
    if (node.matches("details, dialog")) return new Set(["open"]);
    if (node.matches("option")) return new Set(["selected"]);
    const active = node === document.activeElement;
    if (node.matches("input[type=checkbox], input[type=radio]")) return new Set(node.checked !== node.defaultChecked || active ? ["checked"] : []);
    if (node.matches("input, textarea")) return new Set(node.value !== node.defaultValue || active ? ["value"] : []);
    if (node.matches("select")) return new Set(active || [...node.options].some((option) => option.selected !== option.defaultSelected) ? ["value"] : []);
    return new Set();
  }

  function tick() {
    const now = Date.now() + offset;
    for (const clock of document.querySelectorAll("[data-clock-since]")) {
      const seconds = Math.max(0, Math.floor((now - Date.parse(clock.dataset.clockSince)) / 1000));
      const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, String(seconds % 60).padStart(2, "0")];
      const text = h ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
      if (clock.textContent !== text) clock.textContent = text;
      if (clock.dataset.clockLimit) clock.classList.toggle("is-long", seconds > Number(clock.dataset.clockLimit));
    }
    if (!moments().filter((moment) => moment + SLACK <= now && !come.has(moment) && come.add(moment)).length) return;
    stale = true;
    if (serial !== null) poll();                                  // the first answer is on its way otherwise
  }

  /** When what the page shows changes though nobody does anything, in milliseconds. */
  const moments = () => [...document.querySelectorAll("[data-fresh-at], [data-clock-limit]")].map(({ dataset }) =>
    (dataset.freshAt ? Date.parse(dataset.freshAt) : Date.parse(dataset.clockSince) + dataset.clockLimit * 1000));

  window.jieli.live = { poll };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });
  window.addEventListener("online", poll);
  window.addEventListener("pageshow", (event) => { if (event.persisted) poll(); });
  setInterval(tick, 1000);
  tick();
  poll();
})();
