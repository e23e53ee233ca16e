/* The time left to take the last step back, by the server's clock; when it is over the bar goes. */
(() => {
  const place = document.getElementById("pulse");
  // The page was made at this moment of the server's.
  const offset = place ? Date.parse(place.dataset.now) - Date.now() : 0;
  const count = () => {
    for (const bar of document.querySelectorAll(".undo-bar")) {        // a live part brings a new one
      const seconds = Math.ceil((Date.parse(bar.dataset.until) - Date.now() - offset) / 1000);
      if (seconds <= 0) { bar.remove(); continue; }
      const left = bar.querySelector(".undo-left");
      left.textContent = left.dataset.leftText.replace("{time}", `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
    }
  };
  count();
  setInterval(count, 1000);
  document.addEventListener("jieli:live", count);
})();
