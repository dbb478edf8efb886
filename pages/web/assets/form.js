// Comfort only: every form works without this file.
for (const eye of document.querySelectorAll(".eye")) {
  const field = document.getElementById(eye.getAttribute("aria-controls"));
  eye.hidden = false;
  eye.addEventListener("click", () => {
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    eye.setAttribute("aria-pressed", String(!shown));
    eye.setAttribute("aria-label", shown ? eye.dataset.show : eye.dataset.hide);
    field.focus();
  });
}
for (const count of document.querySelectorAll("output[data-minimum]")) {
  const field = document.getElementById(count.htmlFor.value);
  const minimum = Number(count.dataset.minimum);
  const tell = () => {
    const length = [...field.value.normalize("NFKC")].length;
    count.textContent = length ? `${length} / ${minimum}` : "";
    count.classList.toggle("enough", length >= minimum);
  };
  field.addEventListener("input", tell);
  tell();
}
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", () => {
    // After the browser has taken the fields; a second click must not send them again.
    setTimeout(() => { form.querySelector(".go").disabled = true; });
    for (const field of form.querySelectorAll("input.secret")) field.type = "password"; // so that it is offered for keeping
  });
}
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll(".go:disabled")) button.disabled = false;
});
