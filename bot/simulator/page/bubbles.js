// Messages as bubbles: text with its marks, photos and albums, files, buttons.

import { el, icon } from "/page/nodes.js";
import { dayOf, hourOf, words } from "/page/words.js";

// Draws the list of messages into `box`, reusing what has not changed, so that pictures do not flicker.
export function drawMessages(box, messages, cache, actions) {
  const nodes = [];
  let day = "";
  for (const group of grouped(messages)) {
    const today = dayOf(group[0].at);
    if (today !== day) {
      nodes.push(cached(cache, `day-${today}`, today, () => el("div", { class: "day" }, el("span", {}, today))));
      day = today;
    }
    const key = `message-${group[0].id}`;
    const signature = JSON.stringify(group) + (group.some((one) => one.edited) ? words("edited") : "");
    nodes.push(cached(cache, key, signature, () => drawGroup(group, actions)));
  }
  box.replaceChildren(...nodes);
}

function cached(cache, key, signature, draw) {
  const known = cache.get(key);
  if (known?.signature === signature) return known.node;
  const node = draw();
  if (known) node.classList.add("changed");
  cache.set(key, { signature, node });
  return node;
}

// Parts of one album stand together.
function grouped(messages) {
  const groups = [];
  for (const message of messages) {
    const last = groups.at(-1);
    if (message.album && last?.[0].album === message.album) last.push(message);
    else groups.push([message]);
  }
  return groups;
}

function drawGroup(group, actions) {
  const first = group[0];
  const withText = group.find((one) => one.text) ?? group.at(-1);
  const photos = group.filter((one) => one.photo);
  const bubble = el("div", { class: "bubble" });
  if (first.from) bubble.append(el("div", { class: "from" }, `${words("forwarded")} ${first.from}`));
  if (first.answers) bubble.append(el("div", { class: "answers" }, first.answers));
  if (photos.length) bubble.append(drawPhotos(photos, actions));
  for (const one of group) {
    if (one.document) bubble.append(drawDocument(one.document));
    if (one.contact) bubble.append(drawContact(one.contact));
    if (one.other) bubble.append(el("div", { class: "other" }, `〔${words(one.other)}〕`));
  }
  const foot = el("span", { class: "foot" }, withText.edited ? `${words("edited")} ` : "", hourOf(withText.at));
  if (withText.text) bubble.append(el("div", { class: "text" }, ...marked(withText, actions), foot));
  else bubble.append(foot);
  if (photos.length && !withText.text) bubble.classList.add("bare");
  const buttons = group.find((one) => one.buttons.length);
  const classes = `message ${first.mine ? "mine" : "theirs"}${buttons ? " buttoned" : ""}${photos.length ? " pictured" : ""}`;
  return el("div", { class: classes, "data-id": first.id }, bubble, buttons ? drawButtons(buttons, actions) : null);
}

function drawPhotos(photos, actions) {
  const grid = el("div", { class: `photos photos-${Math.min(photos.length, 4)}` });
  for (const { photo } of photos) {
    const image = el("img", { src: `/api/files/${photo.small}`, alt: "", loading: "lazy" });
    if (photos.length === 1) image.style.aspectRatio = `${photo.width} / ${photo.height}`;
    grid.append(el("button", { class: "photo", onclick: () => actions.enlarge(`/api/files/${photo.large}`) }, image));
  }
  return grid;
}

function drawDocument({ file, name, size }) {
  const amount = size > 1 << 20 ? `${(size / (1 << 20)).toFixed(1)} MB` : `${Math.max(1, Math.round(size / 1024))} KB`;
  const words_ = el("span", {}, el("b", {}, name), el("small", {}, amount));
  return el("a", { class: "document", href: `/api/files/${file}`, download: name }, icon("doc"), words_);
}

function drawContact({ name, number }) {
  return el("div", { class: "document card" }, icon("card"), el("span", {}, el("b", {}, name), el("small", {}, `+${number}`)));
}

function drawButtons(message, actions) {
  const rows = message.buttons.map((row, r) =>
    el("div", { class: "row" }, row.map((button, c) => {
      if (button.url) return el("a", { class: "inline", href: button.url, onclick: (event) => actions.follow(event, button.url) }, button.text, el("i", {}, "↗"));
      const node = el("button", { class: "inline", onclick: () => actions.tap(message, r, c, node) }, button.text);
      return node;
    })),
  );
  return el("div", { class: "buttons" }, rows);
}

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", spoiler: "span",
  blockquote: "blockquote", expandable_blockquote: "blockquote", text_link: "a", url: "a", bot_command: "a",
};

// Text cut at every entity's borders; JavaScript counts in UTF-16 units, as Telegram does.
function marked({ text, entities }, actions) {
  const borders = new Set([0, text.length]);
  for (const { offset, length } of entities) borders.add(offset).add(offset + length);
  // A block ends its own line: the line break written after it would show as an empty line.
  const blocks = new Set(entities.filter((one) => BLOCKS.has(one.type)).map((one) => one.offset + one.length));
  const places = [...borders].sort((a, b) => a - b);
  const nodes = [];
  for (let i = 0; i + 1 < places.length; i++) {
    let piece = text.slice(places[i], places[i + 1]);
    if (blocks.has(places[i]) && piece.startsWith("\n")) piece = piece.slice(1);
    let node = document.createTextNode(piece);
    for (const entity of entities) {
      const covers = entity.offset <= places[i] && entity.offset + entity.length >= places[i + 1];
      if (covers && TAGS[entity.type]) node = wrapped(entity, node, text, actions);
    }
    nodes.push(node);
  }
  return nodes;
}

function wrapped(entity, node, text, actions) {
  const mark = el(TAGS[entity.type], { class: entity.type === "spoiler" ? "spoiler" : undefined }, node);
  const whole = text.slice(entity.offset, entity.offset + entity.length);
  if (entity.type === "bot_command") {
    mark.href = "#";
    mark.addEventListener("click", (event) => { event.preventDefault(); actions.say(whole); });
  } else if (entity.type === "url" || entity.type === "text_link") {
    const address = entity.url ?? whole;
    if (/^https?:/i.test(address)) mark.href = address;
    mark.target = "_blank";
    mark.rel = "noopener noreferrer";
    mark.addEventListener("click", (event) => actions.follow(event, address));
  }
  return mark;
}
