/* Lists: choose rows for an action, filters of FAB's generated lists. */
(() => {
  const { texts, announce } = window.jieli;

  // Rows: [data-choose-all] in the head, [data-choose] in the rows, [data-needs-rows] on the buttons of bulk actions.
  for (const table of document.querySelectorAll("table:has([data-choose])")) {
    const all = table.querySelector("[data-choose-all]");
    const boxes = [...table.querySelectorAll("[data-choose]")];
    const draw = () => {
      const chosen = boxes.filter((box) => box.checked);
      if (all) { all.checked = chosen.length === boxes.length; all.indeterminate = chosen.length > 0 && !all.checked; }
      for (const place of document.querySelectorAll("[data-chosen-count]")) place.textContent = chosen.length ? texts.chosen.replace("{n}", chosen.length) : "";
    };
    table.addEventListener("change", (event) => {
      if (event.target === all) for (const box of boxes) box.checked = all.checked;
      if (event.target === all || boxes.includes(event.target)) draw();
    });
    window.addEventListener("pageshow", draw);
    draw();
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-needs-rows]");
    if (!button || document.querySelector("[data-choose]:checked")) return;
    event.preventDefault();
    const note = document.querySelector("[data-chosen-count]");
    if (note) note.textContent = texts.nothingChosen;
    announce(texts.nothingChosen);
  }, true);

  // A menu whose content is fetched when it is first opened; a page of its own without this script.
  document.addEventListener("toggle", async (event) => {
    const menu = event.target.closest?.("details[data-load]");
    if (!menu?.open || menu.dataset.fetched) return;
    menu.dataset.fetched = "true";
    const answer = await fetch(menu.dataset.load, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (answer?.status === 401) location.reload();
    else if (answer?.ok) menu.querySelector("[data-loaded]").innerHTML = await answer.text();
    else delete menu.dataset.fetched;
  }, true);
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest("details[data-load][open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details[data-load][open]")) if (!menu.contains(event.target) && !event.target.closest("dialog")) menu.open = false;
  });

  // A table that fits scrolls with the page; see .fits in tables.css.
  const frames = new ResizeObserver((entries) => {
    for (const { target } of entries) target.classList.toggle("fits", target.firstElementChild.offsetWidth <= target.clientWidth);
  });
  for (const frame of document.querySelectorAll(".table-frame, .table-wrap")) frames.observe(frame);

  // FAB filters: _flt_<operator>_<column>=value. The operator's box renames the value's box; what is empty is not sent.
  const form = document.getElementById("filter_form");
  if (form) {
    const rename = (pair) => {
      const operator = pair.querySelector("[data-operator]");
      pair.querySelector("[data-value]").name = `_flt_${operator.value}_${operator.dataset.column}`;
    };
    const fill = (pair, operatorName, value) => {
      const operator = pair.querySelector("[data-operator]");
      const option = [...operator.options].find((o) => o.text === operatorName);
      if (option) operator.value = option.value;
      const control = pair.querySelector("[data-value]");
      control.value = value;
      pair.closest(".filter").classList.add("is-set");
      pair.closest("details")?.setAttribute("open", "");
      rename(pair);
    };
    const pairs = (column) => [...form.querySelectorAll(`.filter[data-column="${CSS.escape(column)}"] .filter-pair`)];
    for (const control of form.querySelectorAll(".filter-pair [name]")) control.setAttribute("data-value", "");
    const used = {};
    for (const [column, operatorName, values] of JSON.parse(document.getElementById("active-filters").textContent)) {
      for (const value of [values].flat()) {
        const n = (used[column] = (used[column] || 0) + 1);
        while (pairs(column).length && pairs(column).length < n) addCondition(column);
        const pair = pairs(column)[n - 1];
        if (pair) fill(pair, operatorName, value);
      }
    }
    function addCondition(column) {
      const first = form.querySelector(`.filter[data-column="${CSS.escape(column)}"]`);
      const copy = first.cloneNode(true);
      const control = copy.querySelector("[data-value]");
      control.id = `${control.id}-${pairs(column).length + 1}`;
      control.value = "";
      copy.querySelector("label")?.setAttribute("for", control.id);
      copy.classList.remove("is-set");
      pairs(column).at(-1).closest(".filter").after(copy);
      return control;
    }
    form.addEventListener("change", (event) => {
      if (event.target.matches("[data-operator]")) rename(event.target.closest(".filter-pair"));
      if (event.target.matches("[data-add-condition]") && event.target.value) {
        addCondition(event.target.value).focus();
        event.target.value = "";
      }
    });
    form.addEventListener("submit", () => {
      for (const control of form.querySelectorAll("[data-value]")) control.disabled = ["", "__None"].includes(control.value);
      for (const extra of form.querySelectorAll("[data-operator], [data-add-condition]")) extra.disabled = true;
    });
    window.addEventListener("pageshow", () => { for (const control of form.elements) control.disabled = false; });
  }
})();
