/* In-place editing of a code list: 改名 turns the label into a field (Enter saves, Escape leaves it), 停用/啟用 switches. */
(() => {
  const table = document.querySelector("[data-codes]");
  if (!table) return;
  const token = document.querySelector("meta[name=csrf-token]").content;
  const announcer = document.getElementById("announcer");

  const save = async (row, label, active) => {
    const body = new URLSearchParams({ code: row.dataset.code, label, active });
    const headers = { "X-CSRFToken": token, "X-Requested-With": "fetch" };
    const response = await fetch(table.dataset.codes, { method: "POST", body, headers });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.message);
    return answer;
  };

  const rename = (row) => {
    const shown = row.querySelector("[data-label]");
    if (shown.hidden) return;
    const button = row.querySelector("[data-rename]");
    const input = document.createElement("input");
    const fault = document.createElement("p");
    Object.assign(input, { className: "form-control", value: shown.textContent, maxLength: 200 });
    input.setAttribute("aria-label", table.querySelector("th:nth-child(2)").textContent);
    Object.assign(fault, { className: "field-fault", id: `fault-${row.dataset.code}` });
    fault.setAttribute("role", "alert");
    shown.hidden = true;
    shown.after(input, fault);
    input.select();
    let done = false;
    const close = () => { done = true; input.remove(); fault.remove(); shown.hidden = false; button.focus(); };
    const keep = async () => {
      if (input.value.trim() === shown.textContent) { close(); return; }
      try {
        const answer = await save(row, input.value, row.dataset.active);
        shown.textContent = answer.label;
        announcer.textContent = answer.message;
        close();
      } catch (error) {
        fault.textContent = error.message;
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", fault.id);
        input.focus();
      }
    };
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); keep(); }
      if (event.key === "Escape") close();
    });
    input.addEventListener("blur", () => { if (!done && input.value.trim() === shown.textContent) close(); });
  };

  for (const button of table.querySelectorAll("[data-rename], [data-switch]")) button.hidden = false;
  for (const link of table.querySelectorAll("[data-plain]")) link.hidden = true;
  table.addEventListener("click", async (event) => {
    const row = event.target.closest("tr");
    if (event.target.closest("[data-rename]")) rename(row);
    if (event.target.closest("[data-switch]")) {
      await save(row, row.querySelector("[data-label]").textContent, row.dataset.active === "1" ? "0" : "1");
      location.reload();
    }
  });
})();
