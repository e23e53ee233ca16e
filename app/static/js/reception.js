/* 接待台: the evidence of the chosen business type, the ticket's window, the debts on the tiles, the key to the search box. */
(() => {
  // Only the evidence of the business type that is chosen.
  const panels = [...document.querySelectorAll("[data-type-panel]")];
  const types = document.querySelectorAll("#check [name=business_type_id]");
  const show = () => {
    const chosen = [...types].find((each) => each.checked)?.value;
    for (const panel of panels) panel.hidden = panel.dataset.typePanel !== chosen;
  };
  for (const each of types) each.addEventListener("change", show);
  if (panels.length) show();

  // Whom reception asked is said first; the answer makes no sense without, and belongs to whom was asked.
  for (const select of document.querySelectorAll("[data-phone-check]")) {
    const answers = select.parentElement.querySelectorAll("[name=known]");
    const draw = () => { for (const each of answers) { each.disabled = !select.value; each.required = Boolean(select.value); } };
    select.addEventListener("change", () => { for (const each of answers) each.checked = false; draw(); });
    draw();
  }

  // A small window, which closes by itself after printing; the visitor's card stays, and the next step has the focus.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-ticket]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!window.open(link.href, "ticket", "width=420,height=620")) return;
    event.preventDefault();
    link.closest(".act").querySelector("form button, .btn-quiet")?.focus();
  });

  // 應得未得 on the tiles, on demand.
  const now = document.getElementById("reception-now");
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("#show-debts");
    if (!button) return;
    [now.dataset.live, now.dataset.debts] = [now.dataset.debts, now.dataset.live];
    const answer = await fetch(now.dataset.live, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (!answer?.ok) return;
    now.innerHTML = await answer.text();
    document.getElementById("show-debts").focus();
  });

  // "/" leads to the search box from anywhere that is not typed in.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, dialog[open]")) return;
    event.preventDefault();
    const search = document.getElementById("find-search");
    search.focus();
    search.select();
  });
})();
