/* The form of errors/expired.html: fetches the token of the new session, then sends what was kept. */
for (const form of document.querySelectorAll("form[data-resend]")) {
  form.addEventListener("submit", async (event) => {
    if (form.elements.csrf_token.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const answer = await fetch(form.dataset.resend, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (!answer?.ok) {
      form.querySelector("[data-resend-state]").textContent = form.dataset.signedOut;
      return;
    }
    form.elements.csrf_token.value = (await answer.json()).token;
    form.requestSubmit();
  }, { capture: true });
}
