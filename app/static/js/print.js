// The button 「列印」 of a page that is printed as it is.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
