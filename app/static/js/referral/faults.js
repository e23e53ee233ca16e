/* A fault at its field, and away again when the field is mended. */
export function showFault(input, sentence) {
  const field = input.closest(".field");
  const id = `${input.id}-fault`;
  let place = document.getElementById(id);
  if (!sentence) {
    place?.remove();
    field.classList.remove("has-fault");
    input.removeAttribute("aria-invalid");
    describe(input, id, false);
    return;
  }
  if (!place) {
    place = document.createElement("p");
    place.id = id;
    place.className = "field-fault";
    place.innerHTML = '<span class="fa-solid fa-circle-exclamation" aria-hidden="true"></span><span></span>';
    field.querySelector(".field-control").append(place);
  }
  place.lastElementChild.textContent = sentence;
  field.classList.add("has-fault");
  input.setAttribute("aria-invalid", "true");
  describe(input, id, true);
}

function describe(input, id, on) {
  const ids = new Set((input.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (on) ids.add(id); else ids.delete(id);
  if (ids.size) input.setAttribute("aria-describedby", [...ids].join(" ")); else input.removeAttribute("aria-describedby");
}
