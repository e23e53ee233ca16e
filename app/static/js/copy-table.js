/* data-copy-table="#id": puts that table on the clipboard as rows of tab-separated cells, as a spreadsheet takes them. */
(() => {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy-table]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const rows = [...document.querySelector(button.dataset.copyTable).rows];
      const text = rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim().replaceAll(",", "")).join("\t")).join("\n");
      await navigator.clipboard.writeText(text);
      button.querySelector("span:last-child").textContent = button.dataset.done;
      window.jieli.announce(button.dataset.done);
    });
  }
})();
