/* data-copy="#id": puts that element's text on the clipboard. The button shows only where the browser can do it. */
(() => {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent);
      button.querySelector("span:last-child").textContent = button.dataset.done;
      document.getElementById("announcer").textContent = button.dataset.done;
    });
  }
})();
