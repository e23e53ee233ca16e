/* 暫存: some seconds after the last key, before the session ends, when the page is left, and on Ctrl+S. */
import { post, texts, typedIn } from "./request.js";

const PAUSE = 4000;

export function connectDraft(form) {
  const button = form.querySelector("[data-save]");
  const state = form.querySelector("[data-save-state]");
  let timer = 0;
  let touched = false;
  let leaving = false;

  async function save({ keepalive = false, spoken = false } = {}) {
    clearTimeout(timer);
    touched = false;
    if (spoken) state.textContent = texts.saving;
    const { ok, data } = await post(form.dataset.draft, typedIn(form), { keepalive });
    state.textContent = data.message;
    state.classList.toggle("is-fault", !ok);
    if (ok && !touched) form.dispatchEvent(new CustomEvent("jieli:saved", { bubbles: true }));
    if (!ok) touched = true;
  }

  form.addEventListener("input", () => {
    touched = true;
    clearTimeout(timer);
    timer = setTimeout(() => { if (!leaving) save(); }, PAUSE);
  });
  form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); });
  button.addEventListener("click", (event) => { event.preventDefault(); save({ spoken: true }); });
  document.addEventListener("jieli:expiring", () => { if (touched) save(); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && touched && !leaving) save({ keepalive: true });
  });
  document.addEventListener("keydown", (event) => {
    if (!event.ctrlKey || event.altKey) return;
    if (event.key === "s") { event.preventDefault(); save({ spoken: true }); }
    if (event.key === "Enter") { event.preventDefault(); form.requestSubmit(form.querySelector("[data-send]")); }
  });
}
