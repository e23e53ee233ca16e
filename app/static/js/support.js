/* 線上客服: [data-support] opens the form in a dialog over the page, which stays as it is. What was typed stays in the
   dialog when it is closed, when the server refuses it and when the session is over; without this script it is a page. */
(() => {
  const { announce, texts } = window.jieli;
  const dialog = document.getElementById("support-dialog");
  if (!dialog) return;
  const HEADERS = { "X-Requested-With": "fetch" };
  const plain = (event) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  const form = () => dialog.querySelector("form");
  const picture = (of) => of && JSON.stringify([...new FormData(of)].filter(([name]) => name !== "csrf_token"));
  let address = null;
  let untouched = null;
  let leaving = false;

  function put(html, { isNew = false } = {}) {
    dialog.innerHTML = html;
    if (isNew) untouched = picture(form());
    (dialog.querySelector(".error-summary, [autofocus]") ?? dialog.querySelector("input:not([type=hidden]), textarea"))?.focus();
    dialog.scrollTop = 0;
  }

  async function open(link) {
    const kept = form() && address === link.href && picture(form()) !== untouched;
    if (!kept) {
      const answer = await fetch(link.href, { headers: HEADERS }).catch(() => null);
      if (!answer?.ok || answer.headers.get("Content-Type").includes("json")) return location.assign(link.href);
      address = link.href;
      if (!dialog.open) dialog.showModal();
      put(await answer.text(), { isNew: true });
    } else dialog.showModal();
  }

  /** After a log-in in another tab the token of this page is worth nothing: ask for the new session's. */
  async function renewToken() {
    const answer = await fetch(dialog.dataset.token, { headers: HEADERS }).catch(() => null);
    if (answer?.ok) form().elements.csrf_token.value = (await answer.json()).token;
  }

  function say(sentence, signedOut = false) {
    const place = dialog.querySelector("[data-support-notice]");
    place.querySelector("span").textContent = sentence;
    place.querySelector("a").hidden = !signedOut;
    place.hidden = !sentence;
    if (sentence) place.scrollIntoView({ block: "nearest" });
  }

  async function send(button) {
    const label = button.innerHTML;
    button.disabled = true;
    button.classList.add("is-busy");
    button.textContent = texts.busy;
    announce(texts.busy);
    say("");
    if (form().dataset.stale) await renewToken();
    const answer = await fetch(form().action, { method: "POST", headers: HEADERS, body: new FormData(form()) }).catch(() => null);
    if (answer && !answer.redirected && !answer.headers.get("Content-Type").includes("json")) {
      put(await answer.text());
      if (!form()) { address = untouched = null; announce(dialog.querySelector("p").textContent); }
      return;
    }
    button.disabled = false;
    button.classList.remove("is-busy");
    button.innerHTML = label;
    form().dataset.stale = "true";
    const message = answer && (await answer.json().catch(() => ({}))).message;
    say(message ?? dialog.dataset.offline, answer?.status === 401);
  }

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-support]");
    if (link && plain(event)) {
      event.preventDefault();
      await open(link);
    } else if (dialog.open && event.target.closest("#support-dialog a[data-close-dialog]")) event.preventDefault();   // shell.js closes it
  });

  // Before confirm.js, which would lock the form for a page that never leaves.
  document.addEventListener("submit", (event) => {
    if (!dialog.contains(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter ?? dialog.querySelector(".btn-primary");
    if (!button.disabled) send(button);
  }, { capture: true });

  document.addEventListener("jieli:leaving", () => { leaving = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && form() && picture(form()) !== untouched) { event.preventDefault(); event.returnValue = true; }
  });
})();
