/* 轉介個案建立 and 新增個案基本資料. Without any of this the server does the same when a button is pressed. */
import { connectDraft } from "./draft.js";
import { connectFiles } from "./files.js";
import { connectLookUp } from "./look_up.js";
import { connectPostal } from "./postal.js";
import { connectSections } from "./sections.js";

const form = document.querySelector("form[data-referral], form[data-person]");
connectPostal(form);
if ("referral" in form.dataset) {
  if (form.querySelector("[data-look-up]")) connectLookUp(form);       // the person of a returned referral is fixed
  connectFiles(form);
  connectDraft(form);
  connectSections(form);
  // Enter in a line of the form must not press a button that happens to be the first one.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches('input:not([type="checkbox"], [type="file"])')) event.preventDefault();
  });
}
document.getElementById("warnings")?.focus();
