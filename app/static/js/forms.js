/* Forms: focus on the error summary, warning before unsaved input is lost, select boxes with a search. */
(() => {
  const { texts } = window.jieli;

  const summary = document.querySelector(".error-summary");
  if (summary) {
    summary.focus();
    if (!/^[（(]/.test(document.title)) document.title = texts.titleFaults.replace("{n}", summary.dataset.faults) + document.title;
  }

  // A link to a field whose control is replaced (select2) or grouped focuses what can be seen.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".error-summary a");
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    target.closest("details:not([open])")?.setAttribute("open", "");
    const shown = target.classList.contains("select2-hidden-accessible") ? target.parentElement.querySelector(".select2-selection") : target;
    shown.focus();
    target.closest(".field")?.scrollIntoView({ block: "center" });
  });

  // data-guard on a form: typed text is not lost without a question.
  const guarded = new Set();
  const start = new WeakMap();
  const picture = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value.name ?? value]));
  for (const form of document.querySelectorAll("form[data-guard]")) {
    guarded.add(form);
    start.set(form, picture(form));
  }
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) guarded.delete(event.target); });   // after confirm.js
  document.addEventListener("jieli:leaving", () => guarded.clear());
  document.addEventListener("jieli:saved", (event) => start.set(event.target, picture(event.target)));
  window.addEventListener("beforeunload", (event) => {
    if ([...guarded].some((form) => picture(form) !== start.get(form))) { event.preventDefault(); event.returnValue = texts.unsaved; }
  });

  // data-limit on a text area: how many characters of how many, counted as the server counts them. A maxlength would
  // count a rare character twice and cut it in half.
  const count = (area) => {
    let place = area.nextElementSibling;
    if (!place?.matches(".text-count")) {
      place = document.createElement("p");
      place.className = "text-count";
      area.after(place);
    }
    const length = [...area.value.normalize("NFC").trim()].length;
    place.textContent = texts.length.replace("{n}", length).replace("{limit}", area.dataset.limit);
    place.classList.toggle("is-over", length > Number(area.dataset.limit));
  };
  for (const area of document.querySelectorAll("[data-limit]")) count(area);
  for (const type of ["input", "focusin"]) document.addEventListener(type, (event) => { if (event.target.matches?.("[data-limit]")) count(event.target); });

  // FAB's select boxes: select2, except short ones, which the browser does better by itself.
  const $ = window.jQuery;
  if ($?.fn.select2) {
    for (const select of document.querySelectorAll("select.my_select2")) {
      if (!select.multiple && select.options.length <= 12) continue;
      $(select).select2({
        theme: "bootstrap", placeholder: texts.choose, allowClear: !select.required, width: "100%",
        language: { noResults: () => texts.noResult, removeAllItems: () => texts.unchoose, removeItem: () => texts.unchoose },
      });
      const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
      const shown = select.parentElement.querySelector(".select2-selection");
      const search = select.parentElement.querySelector(".select2-search__field");
      if (label && shown) { label.id ||= `${select.id}-label`; shown.setAttribute("aria-labelledby", label.id); }
      if (label && search) search.setAttribute("aria-label", label.textContent.trim());
      const described = select.getAttribute("aria-describedby");
      if (described && shown) shown.setAttribute("aria-describedby", described);
    }
  }
  if ($?.fn.datepicker) $(".appbuilder_date, .appbuilder_datetime").datepicker({ format: "yyyy-mm-dd", autoclose: true, todayHighlight: true });
})();
