/* The bar of notices under the header: the most urgent one, the others on request, a chime for what is new.
   Its height is the same with and without a notice, so nothing moves under the hand when one comes. */
(() => {
  const bar = document.getElementById("pulse");
  if (!bar) return;
  const { announce, chime } = window.jieli;
  const list = document.getElementById("notice-list");
  const more = document.getElementById("notice-more");
  const sound = document.getElementById("notice-sound");
  const row = document.getElementById("notice-row").content;
  const store = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* nothing to remember then */ } },
  };
  const gone = new Set();      // acknowledged here, while an answer from before is still on its way
  let heard = null;            // the newest notice that has rung on this computer
  let alarm = null;

  const muted = () => store.get("jieli.muted") === "1";
  function drawSound() {
    sound.hidden = false;
    sound.setAttribute("aria-pressed", String(!muted()));
    sound.querySelector(".tray-sound-text").textContent = muted() ? sound.dataset.off : sound.dataset.on;
    sound.querySelector(".fa-solid").className = `fa-solid ${muted() ? "fa-bell-slash" : "fa-bell"}`;
  }
  sound.addEventListener("click", () => {
    store.set("jieli.muted", muted() ? "0" : "1");
    drawSound();
    if (!muted()) ring("notice");
  });

  async function ring(tune) {
    const hint = document.getElementById("notice-hint");
    hint.hidden = muted() || await chime(tune);
  }

  function draw(notices) {
    const shown = notices.filter((notice) => !gone.has(notice.id)).sort((a, b) => a.rank - b.rank || b.id - a.id);
    const items = new Map([...list.children].map((item) => [Number(item.dataset.id), item]));
    for (const [id, item] of items) if (!shown.some((notice) => notice.id === id)) remove(item);
    shown.forEach((notice, at) => {
      const item = items.get(notice.id) ?? build(notice);
      if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null);
    });
    const urgent = shown.some((notice) => notice.kind === "emergency");
    bar.classList.toggle("is-emergency", urgent);
    bar.classList.toggle("is-empty", !shown.length);
    document.getElementById("notice-none").hidden = Boolean(shown.length);
    more.hidden = shown.length < 2;
    if (shown.length < 2) open(false);
    more.querySelector("span:last-child").textContent = bar.classList.contains("is-open") ? more.dataset.less : more.dataset.more.replace("{n}", shown.length - 1);
    clearInterval(alarm);
    if (urgent) alarm = setInterval(() => { if (!muted()) chime("emergency"); }, 6000);
    return shown;
  }

  function build(notice) {
    const item = row.cloneNode(true).firstElementChild;
    item.dataset.id = notice.id;
    item.classList.add(`tray-${notice.kind}`);
    item.querySelector(".tray-word").textContent = notice.word;
    item.querySelector(".tray-text").textContent = notice.text;
    item.querySelector("time").textContent = new Date(notice.at).toLocaleTimeString("zh-TW", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Taipei" });
    item.querySelector("button").addEventListener("click", () => acknowledge(notice, item));
    return item;
  }

  /** Who pressed 知道了 in a row of notices goes on with the next one. */
  function remove(item) {
    const held = item.contains(document.activeElement);
    const next = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    if (held) (next?.querySelector("button") ?? sound).focus();
  }

  async function acknowledge(notice, item) {
    const button = item.querySelector("button");
    button.disabled = true;
    const token = document.querySelector('meta[name="csrf-token"]')?.content;
    const answer = await fetch(`${bar.dataset.notices}${notice.id}/acknowledge`, {
      method: "POST", credentials: "same-origin", headers: { "X-Requested-With": "fetch", "X-CSRFToken": token || "" },
    }).catch(() => null);
    if (answer?.status === 401) return location.reload();
    if (answer?.ok || answer?.status === 404) {
      gone.add(notice.id);
      button.disabled = false;
      button.focus();
      draw(last);
      window.jieli.live.poll();
    } else button.disabled = false;
  }

  const open = (yes) => { bar.classList.toggle("is-open", yes); more.setAttribute("aria-expanded", String(yes)); };
  more.addEventListener("click", () => { open(!bar.classList.contains("is-open")); draw(last); });

  let last = [];
  document.addEventListener("jieli:pulse", (event) => {
    last = event.detail.notices;
    const shown = draw(last);
    heard ??= Number(store.get("jieli.heard")) || 0;
    const fresh = shown.filter((notice) => notice.id > Math.max(heard, Number(store.get("jieli.heard")) || 0));
    if (!fresh.length) return;
    heard = Math.max(...fresh.map((notice) => notice.id));
    store.set("jieli.heard", String(heard));
    announce(`${fresh[0].word}：${fresh[0].text}`);
    if (!muted()) ring(fresh.some((notice) => notice.kind === "emergency") ? "emergency" : "notice");
  });
  drawSound();
})();
