// Before a file travels: it is chosen, and the consent is ticked. The server asks for both again.
(() => {
  const form = document.querySelector("[data-batch]");
  if (!form) return;

  const say = (field, text) => {
    const place = field.closest(".field");
    place.querySelector(".field-fault")?.remove();
    place.classList.toggle("has-fault", Boolean(text));
    if (!text) return;
    const fault = document.createElement("p");
    fault.className = "field-fault";
    fault.setAttribute("role", "alert");
    const icon = document.createElement("span");
    icon.className = "fa-solid fa-circle-exclamation";
    icon.setAttribute("aria-hidden", "true");
    fault.append(icon, text);
    place.append(fault);
  };

  // Listens while the event goes down, before the scripts that show a form as busy.
  form.addEventListener("submit", (event) => {
    const { file, consent } = form.elements;
    say(file, file.files.length ? "" : form.dataset.missingFile);
    say(consent, consent.checked ? "" : form.dataset.missingConsent);
    const missing = !file.files.length ? file : !consent.checked ? consent : null;
    if (missing) {
      event.preventDefault();
      event.stopImmediatePropagation();
      missing.focus();
    }
  }, true);
})();
