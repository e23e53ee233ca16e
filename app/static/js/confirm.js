/* Asks once before what cannot be undone, and lets a form go only once.

   data-confirm="sentence" on a form or on its submit button opens the dialog, data-yes="verb" names its button.
   A submitted POST form disables its buttons and shows 處理中…; a page that comes back from the browser's cache gets
   them back. */
(() => {
  const { texts, announce } = window.jieli;
  const dialog = document.getElementById("confirm-dialog");
  const confirmed = new WeakSet();

  /** Resolves to true on 確定, to false on 取消, Escape or a click beside the dialog. */
  function ask(sentence, label, danger) {
    const yes = dialog.querySelector("[data-confirm-yes]");
    dialog.querySelector(".confirm-text").textContent = sentence;
    yes.dataset.word ??= yes.textContent;
    yes.textContent = label || yes.dataset.word;
    yes.classList.toggle("btn-danger", danger);
    yes.classList.toggle("btn-primary", !danger);
    return new Promise((resolve) => {
      let answer = false;
      const accept = () => { answer = true; dialog.close(); };
      yes.addEventListener("click", accept);
      dialog.addEventListener("close", () => { yes.removeEventListener("click", accept); resolve(answer); }, { once: true });
      dialog.showModal();
      (danger ? dialog.querySelector("[data-close-dialog]") : yes).focus();
    });
  }
  window.jieli.ask = ask;

  function lock(form, submitter) {
    form.dataset.sent = "true";
    // After the browser has gathered the fields: a disabled button would not be among them.
    setTimeout(() => {
      for (const button of form.elements) {
        if (button.type !== "submit" || button.disabled) continue;
        button.disabled = true;
        button.dataset.locked = "true";
      }
      if (!submitter) return;
      submitter.dataset.word = submitter.innerHTML;
      submitter.classList.add("is-busy");
      submitter.textContent = texts.busy;
      announce(texts.busy);
    });
  }

  function unlock() {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("[data-locked]")) {
      button.disabled = false;
      delete button.dataset.locked;
      if (!button.classList.contains("is-busy")) continue;
      button.classList.remove("is-busy");
      button.innerHTML = button.dataset.word;
      delete button.dataset.word;
    }
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    const button = event.submitter;
    const sentence = button?.dataset.confirm || form.dataset.confirm;
    if (sentence && !confirmed.has(form)) {
      event.preventDefault();
      const danger = Boolean(button?.matches(".btn-danger, [data-danger]"));
      if (!(await ask(sentence, button?.dataset.yes, danger))) return button?.focus();
      confirmed.add(form);
      form.requestSubmit(button ?? undefined);
      confirmed.delete(form);
      return;
    }
    // A download answers with a file and the page stays: such a form says data-keep.
    if (form.method === "post" && !("keep" in form.dataset)) lock(form, button);
  });

  window.addEventListener("pageshow", (event) => { if (event.persisted) unlock(); });
})();
