// The lower part of a telephone: input line, attachments, the bot's keyboard, START.

import { el, icon, tell } from "/page/nodes.js";
import { words } from "/page/words.js";

export function drawComposer(phone) {
  const state = { pending: null, keys: true, signature: "" };
  const input = el("textarea", { rows: 1, oninput: grow, onkeydown: send, onpaste: paste });
  const choose = el("input", { type: "file", hidden: true, multiple: true, onchange: chosen });
  const menu = el("div", { class: "menu", hidden: true });
  const tray = el("div", { class: "tray", hidden: true });
  const keys = el("div", { class: "keys" });
  const keysButton = el("button", { class: "round", onclick: () => { state.keys = !state.keys; drawKeys(phone.chat); } }, icon("keys"));
  const line = el("div", { class: "line" },
    el("button", { class: "round", onclick: toggleMenu, "aria-label": "+" }, icon("clip")), input, keysButton,
    el("button", { class: "round go", onclick: submit, "aria-label": "send" }, icon("send")), choose, menu);
  const big = el("button", { class: "big" });

  function draw(chat) {
    input.placeholder = state.pending ? words("caption") : chat.keyboard?.hint || words("write");
    if (chat.blocked) return only(words("unblock"), () => phone.act("block"));
    if (!chat.started) return only(words("start"), () => phone.say("/start"));
    if (phone.bottom.firstChild !== tray) phone.bottom.replaceChildren(tray, line, keys);
    drawKeys(chat);
  }

  function only(text, action) {
    big.textContent = text;
    big.onclick = action;
    phone.bottom.replaceChildren(big);
  }

  function drawKeys(chat) {
    keysButton.hidden = !chat.keyboard;
    keys.hidden = !chat.keyboard || !state.keys;
    const signature = JSON.stringify(chat.keyboard);
    if (signature === state.signature || !chat.keyboard) return;
    state.signature = signature;
    state.keys = true;
    keys.hidden = false;
    keys.replaceChildren(...chat.keyboard.rows.map((row) =>
      el("div", { class: "row" }, row.map((key) =>
        el("button", { class: "key", onclick: () => pressKey(chat, key) }, key.text)))));
  }

  function pressKey(chat, key) {
    if (chat.keyboard.once) { state.keys = false; drawKeys(phone.chat); }
    return key.contact ? phone.act("contact") : phone.say(key.text);
  }

  function grow() {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 120)}px`;
  }

  function send(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  }

  function paste(event) {
    if (event.clipboardData.files.length) { event.preventDefault(); hold([...event.clipboardData.files], "photo"); }
  }

  async function submit() {
    const text = input.value;
    const { pending } = state;
    if (!pending && !text.trim()) return;
    input.value = "";
    grow();
    hold(null);
    if (!pending) await phone.say(text);
    else if (pending.samples) {
      const first = phone.page.sample;
      phone.page.sample += pending.samples;
      await phone.act("samples", { first, count: pending.samples, caption: text });
    }
    else await upload(pending, text);
    input.focus();
  }

  async function upload({ files, as }, caption) {
    const form = new FormData();
    form.append("as", as);
    form.append("caption", caption);
    for (const file of files) form.append("file", file, file.name);
    await phone.act("files", form);
  }

  // What is to be sent with the next message: files, or a number of sample photos.
  function hold(files, as, samples) {
    state.pending = files ? { files, as } : samples ? { samples } : null;
    tray.hidden = !state.pending;
    const thumbs = samples
      ? Array.from({ length: samples }, (_, i) => el("img", { src: `/api/samples/${phone.page.sample + i}`, alt: "" }))
      : (files ?? []).map((file) => file.type.startsWith("image/") && as === "photo" ? el("img", { src: URL.createObjectURL(file), alt: "" }) : el("span", { class: "name" }, file.name));
    tray.replaceChildren(...thumbs, el("button", { class: "plain", onclick: () => hold(null) }, "✕"));
    input.placeholder = state.pending ? words("caption") : words("write");
    if (state.pending) input.focus();
  }

  function chosen() {
    if (choose.files.length) hold([...choose.files], choose.dataset.as);
    choose.value = "";
  }

  function pick(as) {
    choose.dataset.as = as;
    choose.accept = as === "photo" ? "image/*" : "";
    choose.click();
    menu.hidden = true;
  }

  function drawSheets() {
    const { sheets } = phone.page;
    if (!sheets.length) return [];
    const rows = sheets.map((name) => el("button", { class: "sheet-name", onclick: () => { menu.hidden = true; phone.act("sheet", { name }); } }, icon("doc"), name));
    return [el("div", { class: "sheets" }, el("small", {}, words("sheets")), rows)];
  }

  function toggleMenu(event) {
    event.stopPropagation();
    menu.hidden = !menu.hidden;
    if (menu.hidden) return;
    const counts = [1, 2, 3].map((count) => el("button", { class: "count", onclick: () => { menu.hidden = true; hold(null, null, count); } }, `${count}`));
    menu.replaceChildren(
      el("button", { onclick: () => pick("photo") }, words("photo")),
      el("button", { onclick: () => pick("file") }, words("file")),
      el("div", { class: "samples" }, el("span", {}, words("sample")), counts),
      ...drawSheets(),
      el("button", { onclick: () => { menu.hidden = true; phone.act("contact"); } }, words("contact")),
      el("button", { class: "quiet", onclick: () => { menu.hidden = true; tell(`${phone.path}/block`); } }, words("block")),
    );
    document.addEventListener("click", (outside) => { if (!menu.contains(outside.target)) menu.hidden = true; }, { once: true });
  }

  return { draw };
}
