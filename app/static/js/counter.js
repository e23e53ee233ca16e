/* 我的櫃台: the time left to take a step back, a page that somebody else's step has overtaken, small helps for the forms. */
(() => {
  const bar = document.querySelector(".undo-bar");
  if (bar) {
    const left = bar.querySelector(".undo-left");
    // By the server's clock: the bar and the page were made at the same moment.
    const place = document.getElementById("pulse");
    const offset = place ? Date.parse(place.dataset.now) - Date.now() : 0;
    const until = Date.parse(bar.dataset.until);
    const count = () => {
      const seconds = Math.ceil((until - Date.now() - offset) / 1000);
      if (seconds <= 0) { clearInterval(timer); bar.remove(); return; }
      left.textContent = left.dataset.leftText.replace("{time}", `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
    };
    const timer = setInterval(count, 1000);
    count();
  }

  /** Whether something would be lost by loading the page anew. */
  const busy = () => document.querySelector("dialog[open]") || [...document.querySelectorAll("#end-form :is(textarea, input[type=text], input:not([type]))")].some((field) => field.value !== field.defaultValue)
    || [...document.querySelectorAll("#end-form [type=radio]")].some((field) => field.checked !== field.defaultChecked);
  document.addEventListener("jieli:live", () => {
    if (document.querySelector("[data-reload-when-idle]") && !busy()) location.assign(location.pathname);
  });

  document.addEventListener("change", (event) => {
    const picks = event.target.dataset?.picks;             // choosing a slot chooses its radio button
    const radio = picks && event.target.closest("fieldset").querySelector(`[type=radio][value="${picks}"]`);
    if (radio) radio.checked = true;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    const field = button && document.getElementById(button.dataset.fill);
    if (field) { field.value = button.textContent.trim(); field.focus(); }
  });
})();
