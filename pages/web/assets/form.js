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
// A hint, never a verdict: the server judges. What a stranger knows (the name, the address) adds nothing; repeated
// characters and runs along the keyboard or the alphabet add little.
const rows = ["01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm"];
const known = () => {
  const name = document.getElementById("name")?.value ?? "";
  return [name, ...window.location.hostname.split("."), "little", "gold", "card", "小金卡", "wallet", "password", "密码"]
    .map((word) => word.normalize("NFKC").toLowerCase()).filter((word) => word.length > 1);
};
const own = (text) => {
  let rest = text.normalize("NFKC").toLowerCase();
  for (const word of known()) rest = rest.replaceAll(word, "");
  rest = rest.replace(/(.{1,8}?)\1+/gu, "$1");
  for (const row of rows) for (const line of [row, [...row].reverse().join("")])
    for (let at = 0; at + 4 <= line.length; at += 1) rest = rest.replaceAll(line.slice(at, at + 4), "");
  return new Set(rest.replace(/[\s\p{P}]/gu, "")).size;
};
for (const count of document.querySelectorAll("output[data-minimum]")) {
  const field = document.getElementById(count.htmlFor.value);
  const meter = field.closest(".field").querySelector(".meter");
  const minimum = Number(count.dataset.minimum);
  const words = [count.dataset.short, count.dataset.weak, count.dataset.good, count.dataset.strong];
  const tell = () => {
    const length = [...field.value.normalize("NFKC")].length;
    const different = own(field.value);
    const level = length < minimum ? 0 : different < 6 ? 1 : different < 10 && length < minimum + 5 ? 2 : 3;
    count.textContent = length ? `${length} / ${minimum} · ${words[level]}` : "";
    count.classList.toggle("enough", level >= 2);
    meter.dataset.level = length ? level : "";
  };
  document.getElementById("name")?.addEventListener("input", tell);
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
