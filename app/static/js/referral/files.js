/* A file goes up as soon as it is chosen, so that neither a fault in the form nor a lost session loses it. */
import { post, texts } from "./request.js";

const LARGEST = 5 * 1024 * 1024;

export function connectFiles(form) {
  for (const block of form.querySelectorAll("[data-file]")) connect(form, block);
}

function connect(form, block) {
  const input = block.querySelector('input[type="file"]');
  const held = block.querySelector("[data-file-held]");
  const name = block.querySelector("[data-file-name]");
  const remove = block.querySelector("[data-file-remove]");
  const fault = block.querySelector("[data-file-fault]");
  const urlOf = (id) => block.dataset.remove.replace("/0/", `/${id}/`);

  function say(sentence) {
    fault.textContent = sentence;
    fault.parentElement.hidden = !sentence;
    block.classList.toggle("has-fault", Boolean(sentence));
    if (sentence) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
  }

  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    if (file.size > LARGEST) { input.value = ""; return say(texts.tooLarge.replace("{name}", file.name)); }
    say("");
    block.classList.add("is-uploading");
    window.jieli.announce(texts.uploading);
    const body = new FormData();
    body.append("key", form.elements.key.value);
    body.append(input.name, file);
    const { ok, data } = await post(block.dataset.file, body);
    block.classList.remove("is-uploading");
    input.value = "";                       // it is up, or refused: it must not be sent again with the form
    if (!ok) { input.focus(); return say(data.message); }
    name.textContent = data.name;
    remove.formAction = urlOf(data.id);
    held.hidden = false;
    form.dispatchEvent(new CustomEvent("jieli:saved", { bubbles: true }));
    form.dispatchEvent(new CustomEvent("referral:changed"));
  });

  remove.addEventListener("click", async (event) => {
    event.preventDefault();
    const { ok, data } = await post(remove.formAction, new FormData());
    if (!ok) return say(data.message);
    held.hidden = true;
    name.textContent = "";
    input.focus();
    window.jieli.announce(window.jieli.texts.removed);
    form.dispatchEvent(new CustomEvent("referral:changed"));
  });
}
