// The page: three telephones, the clock, the event log.

import { Phone } from "/page/phone.js";
import { avatar, ask, el, tell } from "/page/nodes.js";
import { dateOf, dayOf, fillWords, hourOf, label, shortDay, switchLanguage, words } from "/page/words.js";

const find = (id) => document.getElementById(id);

const page = {
  phones: [],
  people: [],
  unread: new Map(),
  active: 0,
  lines: [],
  sheets: [],
  sample: 0,
  now: null,

  focus(index) {
    this.active = index;
    this.changed();
  },

  // Tabs, badges and remembered choices after anything changed.
  changed() {
    const wide = matchMedia("(min-width: 961px)").matches;
    for (const [index, phone] of this.phones.entries()) {
      phone.node.classList.toggle("active", index === this.active);
      if (phone.person && (wide || index === this.active)) this.unread.delete(phone.person.id);
    }
    drawTabs();
    const chosen = this.phones.map((phone) => phone.person?.id);
    if (chosen.every(Boolean)) localStorage.setItem("zoufang.phones", JSON.stringify(chosen));
  },

  async refreshPeople() {
    this.people = await ask("/api/people");
    return this.people;
  },

  nameOf(id) {
    return this.people.find((one) => one.id === id)?.name ?? `${id}`;
  },

  enlarge(address) {
    const box = find("light");
    box.replaceChildren(el("img", { src: address, alt: "" }));
    box.hidden = false;
    box.onclick = () => { box.hidden = true; };
  },
};

function drawTabs() {
  find("tabs").replaceChildren(...page.phones.filter((phone) => phone.person).map((phone, index) => {
    const unread = page.unread.get(phone.person.id);
    return el("button", { class: `tab${index === page.active ? " active" : ""}`, onclick: () => { page.focus(index); phone.toEnd(); } },
      avatar(phone.person, 26), el("span", {}, phone.person.name), unread ? el("em", { class: "badge" }, unread) : null);
  }));
}

function drawClock() {
  find("date").textContent = dateOf(page.now);
  find("date").dataset.short = dayOf(page.now);
  find("time").textContent = hourOf(page.now);
}

function drawLog() {
  const nodes = page.lines.slice(-150).reverse().map((line) => {
    const when = el("time", {}, `${shortDay(line.at)} ${hourOf(line.at)}`);
    if (line.kind === "clock") return el("li", { class: "planned" }, when, el("span", {}, label(line.text)));
    return el("li", {}, el("button", { onclick: () => openPerson(line.person) }, when, el("b", {}, page.nameOf(line.person)), el("span", {}, line.text)));
  });
  find("log-lines").replaceChildren(...(nodes.length ? nodes : [el("li", { class: "planned" }, words("quiet"))]));
}

async function openPerson(id) {
  const shown = page.phones.findIndex((phone) => phone.person?.id === id);
  if (shown >= 0) return page.focus(shown);
  const person = page.people.find((one) => one.id === id) ?? (await page.refreshPeople()).find((one) => one.id === id);
  if (person) await page.phones[page.active].show(person);
}

function hear(event) {
  if (event.now && event.now !== page.now) { page.now = event.now; drawClock(); }
  if (event.kind === "log") {
    page.lines.push(event.line);
    if (find("log").hidden) find("log-button").querySelector(".dot").hidden = false;
    else drawLog();
    return;
  }
  if (!event.person) return;
  const wide = matchMedia("(min-width: 961px)").matches;
  const index = page.phones.findIndex((phone) => phone.person?.id === event.person);
  if (index >= 0) page.phones[index].hear(event);
  const seen = index >= 0 && (wide || index === page.active);
  if (event.kind === "message" && !event.message.mine && !seen) {
    page.unread.set(event.person, (page.unread.get(event.person) ?? 0) + 1);
    drawTabs();
  }
}

function listen() {
  const source = new EventSource("/api/events");
  let lost = false;
  source.onmessage = ({ data }) => hear(JSON.parse(data));
  source.onerror = () => { lost = true; document.body.dataset.lost = words("lost"); };
  source.onopen = async () => {
    delete document.body.dataset.lost;
    if (!lost) return;
    lost = false;
    for (const phone of page.phones) await phone.show(phone.person);
  };
}

async function move(button) {
  const buttons = [...document.querySelectorAll(".move")];
  find("clock").classList.add("moving");
  find("clock").ariaBusy = "true";
  button.classList.add("busy");
  for (const one of buttons) one.disabled = true;
  try {
    const body = button.dataset.next ? { next: true } : { advance: Number(button.dataset.advance) };
    page.now = (await tell("/api/clock", body)).now;
    drawClock();
  } catch {
    page.phones[page.active].toast({ text: words("failed") });
  } finally {
    find("clock").classList.remove("moving");
    find("clock").ariaBusy = "false";
    button.classList.remove("busy");
    for (const one of buttons) one.disabled = false;
  }
}

function showLog(open) {
  find("log").hidden = !open;
  document.body.classList.toggle("with-log", open);
  find("log-button").querySelector(".dot").hidden = true;
  if (open) drawLog();
}

function drawAll() {
  fillWords();
  find("language").textContent = words("other");
  drawClock();
  for (const phone of page.phones) phone.draw();
  drawTabs();
  if (!find("log").hidden) drawLog();
}

function chooseFirst(start) {
  const known = new Map(start.people.map((one) => [one.id, one]));
  const remembered = JSON.parse(localStorage.getItem("zoufang.phones") ?? "[]").filter((id) => known.has(id));
  const wanted = [...new Set([...(remembered.length === 3 ? remembered : start.first), ...known.keys()])];
  return wanted.filter((id) => known.has(id)).slice(0, 3).map((id) => known.get(id));
}

async function begin() {
  const start = await ask("/api/start");
  page.people = start.people;
  page.now = start.now;
  page.lines = start.log;
  page.sheets = start.sheets;
  page.sample = start.sample;
  for (const person of chooseFirst(start)) {
    const phone = new Phone(page.phones.length, page);
    page.phones.push(phone);
    find("phones").append(phone.node);
    await phone.show(person);
  }
  for (const button of document.querySelectorAll(".move")) button.addEventListener("click", () => move(button));
  find("log-button").addEventListener("click", () => showLog(find("log").hidden));
  find("log-close").addEventListener("click", () => showLog(false));
  find("language").addEventListener("click", () => { switchLanguage(); drawAll(); });
  drawAll();
  page.focus(0);
  listen();
}

begin();
