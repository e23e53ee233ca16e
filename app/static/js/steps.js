/* Steps over a list: [data-step] opens a step in the dialog, [data-aside] shows a detail beside the list. Without this
   script both are ordinary pages. Forms of a step that only ask (GET) stay in the dialog, those that act (POST) leave. */
(() => {
  const { announce } = window.jieli;
  const dialog = document.getElementById("step-dialog");
  const aside = document.getElementById("aside");
  const withAside = document.getElementById("with-aside");

  /** The fragment behind an address; or the server's sentence why not. */
  async function fragment(url, options = {}) {
    const answer = await fetch(url, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" }, ...options }).catch(() => null);
    if (answer?.status === 401) location.reload();
    if (!answer) return { refusal: "" };
    const isSentence = answer.headers.get("Content-Type")?.includes("json");
    return isSentence ? { refusal: (await answer.json()).message } : { html: await answer.text() };
  }

  async function openStep(url) {
    const { html, refusal } = await fragment(url);
    if (html === undefined && !refusal) return location.assign(url);        // offline: let the browser say so
    if (html !== undefined) dialog.innerHTML = html;
    else {
      dialog.replaceChildren(document.getElementById("step-refusal").content.cloneNode(true));
      dialog.querySelector("[data-step-message]").textContent = refusal;
    }
    reveal(dialog);
    if (!dialog.open) dialog.showModal();
    // In this order, not in the page's: what is chosen already comes into sight.
    [":checked", "[autofocus]", "#unit-filter", "[type=radio]", ".btn-primary"].map((each) => dialog.querySelector(each)).find(Boolean)?.focus();
  }

  async function openAside(link) {
    const { html, refusal } = await fragment(link.href);
    if (html === undefined) return refusal ? openStep(link.href) : location.assign(link.href);
    aside.innerHTML = html;
    aside.hidden = false;
    withAside.classList.add("has-aside");
    mark(link);
    fitAside();
    aside.focus({ preventScroll: true });
  }

  /** The panel ends where the window ends, wherever the page is scrolled to: its buttons are always in sight. */
  function fitAside() {
    if (!aside.hidden) aside.style.setProperty("--aside-top", `${aside.getBoundingClientRect().top}px`);
  }
  if (aside) for (const type of ["scroll", "resize"]) window.addEventListener(type, fitAside, { passive: true });

  function mark(link) {
    for (const row of withAside.querySelectorAll("tr.is-chosen")) row.classList.remove("is-chosen");
    withAside.querySelector("[data-aside][aria-expanded=true]")?.setAttribute("aria-expanded", "false");
    link?.closest("tr").classList.add("is-chosen");
    link?.setAttribute("aria-expanded", "true");
  }

  function closeAside() {
    const opener = withAside.querySelector("[data-aside][aria-expanded=true]");
    aside.hidden = true;
    aside.replaceChildren();
    withAside.classList.remove("has-aside");
    mark(null);
    opener?.focus();
  }

  const plain = (event) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

  document.addEventListener("click", async (event) => {
    const step = event.target.closest("a[data-step]");
    const detail = event.target.closest("a[data-aside]");
    if (dialog && step && plain(event)) {
      event.preventDefault();
      step.classList.add("is-busy");
      await openStep(step.href);
      step.classList.remove("is-busy");
    } else if (aside && detail && plain(event)) {
      event.preventDefault();
      await openAside(detail);
    } else if (event.target.closest("[data-close-aside]")) closeAside();
    else if (event.target.closest("[data-step-reload]")) { event.preventDefault(); location.reload(); }
    else if (dialog?.open && event.target.closest("a[data-close-dialog]")) event.preventDefault();   // shell.js closes it
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && aside && !aside.hidden && !dialog?.open) closeAside();
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (dialog?.contains(form) && form.method === "get") {
      event.preventDefault();
      const url = new URL(form.action);
      url.search = new URLSearchParams([...new URLSearchParams(url.search), ...new FormData(form)]);
      await openStep(url);
    } else if (aside?.contains(form) && "reveal" in form.dataset) {
      event.preventDefault();
      const { html } = await fragment(form.action, { method: "POST", body: new FormData(form) });
      if (html === undefined) return;
      aside.innerHTML = html;
      announce(aside.querySelector("[data-national-id]").textContent);
      aside.focus({ preventScroll: true });
    }
  });

  // A long list of radio buttons: what is typed above leaves the rows that contain it, and the one chosen.
  function reveal(place) {
    for (const part of place.querySelectorAll("[data-scripted]")) part.hidden = false;
  }
  reveal(document);
  document.addEventListener("input", (event) => {
    const list = event.target.dataset.filter && document.getElementById(event.target.dataset.filter);
    if (!list) return;
    const wanted = event.target.value.trim().toLowerCase();
    let shown = 0;
    for (const row of list.querySelectorAll(".picker-row")) {
      const fits = row.textContent.toLowerCase().includes(wanted);
      row.hidden = !fits && !row.querySelector(":checked");                   // nobody sends what cannot be seen
      shown += fits;
    }
    list.querySelector(".picker-none").hidden = shown > 0;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.dataset?.filter) return;
    event.preventDefault();                                                   // choose, do not send
    const rows = [...document.querySelectorAll(`#${event.target.dataset.filter} .picker-row:not([hidden])`)];
    (rows.find((row) => !row.querySelector(":checked")) ?? rows[0])?.querySelector("input").click();
  });
})();
