/* Typing the details of a service ticks it: the tick is what the form asks for. */
(() => {
  for (const detail of document.querySelectorAll("[data-for-service]")) {
    const tick = document.querySelector(`[data-service="${detail.dataset.forService}"]`);
    detail.addEventListener("input", (event) => { if (event.target.value) tick.checked = true; });
  }
})();
