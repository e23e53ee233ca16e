/* 查詢: fills in the person who is known, or offers to add one who is not. */
import { showFault } from "./faults.js";
import { post, texts, typedIn } from "./request.js";

export function connectLookUp(form) {
  const button = form.querySelector("[data-look-up]");
  const state = form.querySelector("[data-look-up-state]");
  const unfinished = form.querySelector("[data-unfinished]");
  const { name, national_id: number } = form.elements;

  async function lookUp(event) {
    event?.preventDefault();
    say(texts.asking);
    button.disabled = true;
    const { ok, data } = await post(button.formAction, typedIn(form));
    button.disabled = false;
    showFault(name, data.faults?.name);
    showFault(number, data.faults?.national_id);
    if (!ok) {
      say(data.faults ? "" : data.message, "fa-circle-exclamation");
      (data.faults?.name ? name : number).focus();
      return;
    }
    form.dispatchEvent(new CustomEvent("jieli:saved", { bubbles: true }));
    if (!data.found) {
      say("");
      document.getElementById("not-found").showModal();
      document.querySelector("#not-found [data-leave]").focus();
      return;
    }
    for (const [field, value] of Object.entries(data.fields)) {
      form.elements[field].value = value;
      showFault(form.elements[field], "");
    }
    say(data.message, "fa-circle-check");
    unfinished.hidden = !data.warning;
    unfinished.lastElementChild.textContent = data.warning;
    form.dataset.person = "yes";
    form.dispatchEvent(new CustomEvent("referral:filled"));
    form.dispatchEvent(new Event("input", { bubbles: true }));
    form.elements.phone.focus();
  }

  function say(text, icon) {
    state.replaceChildren();
    if (icon && text) {
      const mark = document.createElement("span");
      mark.className = `fa-solid ${icon}`;
      mark.setAttribute("aria-hidden", "true");
      state.append(mark);
    }
    state.append(text);
    state.classList.toggle("is-fault", icon === "fa-circle-exclamation");
  }

  button.addEventListener("click", lookUp);
  for (const input of [name, number]) {
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") lookUp(event); });
    input.addEventListener("input", () => { delete form.dataset.person; say(""); });
  }
}
