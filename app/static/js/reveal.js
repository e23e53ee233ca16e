/* 顯示: fetches what is masked, shows it for a minute or until 隱藏. Every 顯示 asks the server and is logged there. */
(() => {
  const SECONDS = 60;
  for (const button of document.querySelectorAll("[data-reveal]")) {
    const place = button.parentElement.querySelector("[data-secret]");
    const word = button.querySelector("[data-word]");
    const masked = place.textContent;
    const show = word.textContent;
    let timer = 0;

    const hide = () => {
      clearTimeout(timer);
      timer = 0;
      place.textContent = masked;
      word.textContent = show;
    };
    button.addEventListener("click", async () => {
      if (timer) return hide();
      button.disabled = true;
      const answer = await fetch(button.dataset.reveal, {
        method: "POST", credentials: "same-origin",
        headers: { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content, "X-Requested-With": "fetch" },
      }).then((response) => (response.ok ? response.json() : null), () => null);
      button.disabled = false;
      button.focus();
      if (!answer) return window.jieli.announce((place.textContent = button.dataset.failed));
      place.textContent = answer[button.dataset.field];
      word.textContent = button.dataset.hide;
      timer = setTimeout(hide, SECONDS * 1000);
    });
  }
})();
