// 號碼牌: prints by itself; a window that the reception opened for it closes after that.
(() => {
  document.querySelector("[data-print]").addEventListener("click", () => window.print());
  window.addEventListener("afterprint", () => { if (window.opener) window.close(); });
  window.addEventListener("load", () => window.print());
})();
