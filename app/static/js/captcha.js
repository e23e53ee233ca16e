/* The CAPTCHA of the entrance: another picture, and the same characters spoken. */
(() => {
  const box = document.querySelector("[data-captcha]");
  if (!box) return;
  const image = box.querySelector("img");
  const audio = box.querySelector("audio");
  const field = document.getElementById("captcha");
  const fresh = (url) => `${url}${url.includes("?") ? "&" : "?"}t=${Date.now()}`;

  box.querySelector("[data-captcha-new]").addEventListener("click", () => {
    audio?.pause();
    image.src = fresh(box.dataset.image) + "&new=1";
    field.value = "";
    field.focus();
  });
  box.querySelector("[data-captcha-play]")?.addEventListener("click", () => {
    audio.src = fresh(box.dataset.audio);
    audio.play();
    field.focus();
  });
})();
