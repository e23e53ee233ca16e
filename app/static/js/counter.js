/* 我的櫃台: the alarm, a page that somebody else's step has overtaken, small helps for the forms. */
(() => {
  /** Whether something would be lost by loading the page anew. */
  const busy = () => document.querySelector("dialog[open]") || [...document.querySelectorAll("#end-form :is(textarea, input[type=text], input:not([type]))")].some((field) => field.value !== field.defaultValue)
    || [...document.querySelectorAll("#end-form [type=radio]")].some((field) => field.checked !== field.defaultChecked);
  document.addEventListener("jieli:live", () => {
    if (document.querySelector("[data-reload-when-idle]") && !busy()) location.assign(location.pathname);
  });

  // 緊急求助: one press, and the page stays with what is typed on it.
  const alarm = document.querySelector(".counter-alarm");
  alarm?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(alarm.action, {
      method: "POST", body: new FormData(alarm), credentials: "same-origin", headers: { "X-Requested-With": "fetch" },
    }).catch(() => null);
    if (!answer?.ok) return alarm.submit();                // as without scripts: the browser says what is wrong
    const place = document.querySelector(".counter-alarmed");
    place.hidden = false;
    place.querySelector(".flash-text").textContent = (await answer.json()).message;
    window.jieli.live?.poll();
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
