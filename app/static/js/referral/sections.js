/* The rail's ticks, and the fields that only some referrals need: a guardian's document, the text of 其他. */
import { texts } from "./request.js";

const ADULT = 18;
const OTHER = "19";

export function connectSections(form) {
  const guardian = form.querySelector("[data-guardian]");
  const other = form.querySelector("[data-other-identity]");
  const otherBox = form.querySelector(`input[name="identities"][value="${OTHER}"]`);
  const today = form.dataset.today.split("-").map(Number);

  function draw() {
    const birthday = rocDay(form.elements.birthday.value);
    if (birthday) guardian.hidden = ageOn(birthday, today) >= ADULT;
    if (otherBox) other.hidden = !otherBox.checked && !form.elements.other_identity.value;
    for (const section of form.querySelectorAll("[data-section]")) mark(section);
  }

  function mark(section) {
    const entry = document.querySelector(`[data-rail-of="${section.dataset.section}"]`);
    const faulty = Boolean(section.querySelector(".has-fault"));
    const done = !faulty && isDone(section);
    entry.className = faulty ? "is-faulty" : done ? "is-done" : "";
    const shape = faulty ? "fa-exclamation" : done ? "fa-check" : "";
    entry.querySelector(".rail-mark").innerHTML = shape && `<span class="fa-solid ${shape}"></span>`;
    entry.querySelector("[data-rail-word]").textContent = faulty ? texts.faulty : done ? texts.done : "";
  }

  function isDone(section) {
    if (section.dataset.section === "person") {
      const must = ["name", "national_id", "birthday", "phone", "address", "postal_code"];
      return must.every((name) => !form.elements[name] || form.elements[name].value.trim()) && form.elements.consent.checked;
    }
    return Boolean(section.querySelector("input:checked")) || [...section.querySelectorAll("textarea")].some((text) => text.value.trim());
  }

  for (const type of ["input", "change", "referral:changed", "referral:filled"]) form.addEventListener(type, draw);
  document.querySelector("[data-rail]").addEventListener("click", (event) => {
    const section = document.querySelector(event.target.closest("a")?.hash || "#none");
    if (!section) return;
    event.preventDefault();
    section.open = true;
    section.scrollIntoView({ block: "start" });
    section.querySelector(":is(.has-fault, .field) :is(input, textarea)")?.focus({ preventScroll: true });
  });
  connectScroll(form);
  draw();
}

/** The section in view is the current one of the rail. */
function connectScroll(form) {
  const seen = new Map();
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) seen.set(entry.target, entry.isIntersecting);
    const first = [...form.querySelectorAll("[data-section]")].find((section) => seen.get(section));
    for (const entry of document.querySelectorAll("[data-rail-of]")) {
      const link = entry.querySelector("a");
      if (first && entry.dataset.railOf === first.dataset.section) link.setAttribute("aria-current", "step"); else link.removeAttribute("aria-current");
    }
  }, { rootMargin: "-72px 0px -55% 0px" });
  for (const section of form.querySelectorAll("[data-section]")) observer.observe(section);
}

/** Only to show a field in time; the server reads dates by its own rules. */
function rocDay(text) {
  const half = text.normalize("NFKC").replace(/民國|年|月/g, (word) => (word === "民國" ? "" : "/")).replace(/日/g, "").trim();
  const parts = /^(\d{1,4})[/.\- ](\d{1,2})[/.\- ](\d{1,2})$/.exec(half) ?? /^(\d{2,4})(\d{2})(\d{2})$/.exec(half);
  if (!parts) return null;
  const [year, month, day] = parts.slice(1).map(Number);
  return [year >= 1900 ? year : year + 1911, month, day];
}

function ageOn([year, month, day], [thisYear, thisMonth, thisDay]) {
  return thisYear - year - (thisMonth < month || (thisMonth === month && thisDay < day) ? 1 : 0);
}
