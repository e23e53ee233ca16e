/* Leaving the address fills in its postal code and says which unit will get the referral; leaving the code checks it. */
import { showFault } from "./faults.js";
import { post, texts } from "./request.js";

export function connectPostal(form) {
  const block = form.querySelector("[data-postal]");
  const address = form.elements.address;
  const code = form.elements.postal_code;
  const routed = block.querySelector("[data-routed]");
  // What the server wrote, not what the fields hold: somebody may have typed before this script arrived.
  let asked = { address: address.defaultValue, postal_code: code.defaultValue };
  let newest = 0;

  async function ask(by) {
    asked = { address: address.value, postal_code: code.value };
    const mine = ++newest;
    routed.textContent = texts.asking;
    const { data } = await post(block.dataset.postal, new URLSearchParams({ ...asked, asked: by }));
    if (mine !== newest) return;          // an answer to what is no longer asked
    if (by === "address" && data.code) { code.value = data.code; asked.postal_code = data.code; changed(); }
    if (by === "address" && !data.code) { code.value = ""; changed(); }   // the former address's code would be a wrong one
    showFault(address, by === "address" && !data.code ? data.reason : "");
    showFault(code, data.code ? "" : data.message);
    draw(data);
  }

  function draw(data) {
    routed.replaceChildren();
    if (data.code) return routed.append(chip(`${data.code} → ${data.unit}`), note([data.basis, data.reason]));
    if (!data.candidates?.length) return;
    routed.append(note([texts.candidates]));
    for (const each of data.candidates) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm";
      button.textContent = `${each.code} → ${each.unit}`;
      button.addEventListener("click", () => { code.value = each.code; changed(); ask("code"); code.focus(); });
      routed.append(button);
    }
  }
  const changed = () => form.dispatchEvent(new Event("input", { bubbles: true }));

  address.addEventListener("change", () => { if (address.value.trim() && address.value !== asked.address) ask("address"); });
  code.addEventListener("change", () => { if (code.value.trim() && code.value !== asked.postal_code) ask("code"); });
  block.querySelector("[data-postal-ask]")?.addEventListener("click", (event) => { event.preventDefault(); ask("address"); });
  address.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); ask("address"); } });
  form.addEventListener("referral:filled", () => {
    asked = { address: address.value, postal_code: code.value };
    showFault(address, "");
    if (code.value) ask("code");
  });
  const left = address !== document.activeElement && address.value.trim() && address.value !== asked.address;
  if (left && !code.value.trim()) ask("address");
}

function chip(text) {
  const shown = document.createElement("span");
  shown.className = "chip chip-waiting";
  shown.innerHTML = '<span class="fa-solid fa-arrow-right" aria-hidden="true"></span>';
  shown.append(text);
  return shown;
}

function note(parts) {
  const shown = document.createElement("span");
  shown.className = "routed-note";
  shown.textContent = parts.filter(Boolean).join(" ");
  return shown;
}
