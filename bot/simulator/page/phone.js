// One telephone: whose it is, the chat, the keyboard, the input line.

import { drawMessages } from "/page/bubbles.js";
import { drawComposer } from "/page/composer.js";
import { avatar, ask, el, icon, tell } from "/page/nodes.js";
import { label, words } from "/page/words.js";

export class Phone {
  constructor(index, page) {
    this.index = index;
    this.page = page;
    this.person = null;
    this.chat = { messages: [], keyboard: null, started: true, blocked: false };
    this.cache = new Map();
    this.node = el("section", { class: "phone", onpointerdown: () => page.focus(index) });
    this.head = el("button", { class: "head", onclick: () => this.openPicker() });
    this.list = el("div", { class: "messages" });
    this.scroller = el("div", { class: "scroller" }, this.list);
    this.bottom = el("div", { class: "bottom" });
    this.over = el("div", { class: "over" });
    this.node.append(this.head, this.scroller, this.bottom, this.over);
    this.composer = drawComposer(this);
    this.stayAtEnd();
  }

  async show(person) {
    this.person = person;
    this.cache.clear();
    this.over.replaceChildren();
    this.chat = await ask(`/api/chat/${person.id}`);
    this.draw();
    this.toEnd();
    this.page.changed();
  }

  draw() {
    this.drawHead();
    drawMessages(this.list, this.chat.messages, this.cache, this);
    this.composer.draw(this.chat);
    this.scroller.classList.toggle("empty", !this.chat.messages.length);
    if (!this.chat.messages.length) this.list.append(el("div", { class: "nothing" }, el("b", {}, words("empty")), words("greeting")));
  }

  drawHead() {
    const { person } = this;
    const line = this.typing ? words("typing") : [label(person.role), label(person.group)].filter(Boolean).join(" · ");
    this.head.replaceChildren(
      avatar(person, 38),
      el("span", { class: "who" }, el("b", {}, person.name), el("small", {}, line)),
      icon("down"),
    );
  }

  // Who reads the end stays there when the keyboard or the tray changes the room.
  stayAtEnd() {
    const { scroller } = this;
    this.atEnd = true;
    scroller.addEventListener("scroll", () => { this.atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120; });
    const watch = new ResizeObserver(() => { if (this.atEnd) scroller.scrollTop = scroller.scrollHeight; });
    watch.observe(scroller);
    watch.observe(this.list);
  }

  toEnd() {
    this.atEnd = true;
    requestAnimationFrame(() => { this.scroller.scrollTop = this.scroller.scrollHeight; });
  }

  get path() {
    return `/api/chat/${this.person.id}`;
  }

  // -- what arrives ---------------------------------------------------------------------------------------------

  hear(event) {
    if (event.kind === "message") {
      this.chat.messages.push(event.message);
      this.chat.keyboard = event.keyboard;
      this.chat.started = true;
      this.typing = false;
    } else if (event.kind === "edit") {
      this.chat.messages = this.chat.messages.map((one) => (one.id === event.message.id ? event.message : one));
    } else if (event.kind === "delete") {
      this.chat.messages = this.chat.messages.filter((one) => one.id !== event.message.id);
    } else if (event.kind === "chat") {
      this.chat.blocked = event.blocked;
    } else if (event.kind === "typing") {
      this.showTyping();
    } else if (event.kind === "answer") {
      this.waiting?.classList.remove("waiting");
      if (event.toast.text) this.toast(event.toast);
    }
    this.draw();
    if (this.atEnd || event.message?.mine) this.toEnd();
  }

  showTyping() {
    this.typing = true;
    clearTimeout(this.typingEnds);
    this.typingEnds = setTimeout(() => { this.typing = false; this.drawHead(); }, 4000);
  }

  toast({ text, alert }) {
    if (alert) {
      const close = () => box.remove();
      const box = el("div", { class: "veil" }, el("div", { class: "alert" }, el("p", {}, text), el("button", { class: "plain", onclick: close }, words("ok"))));
      this.over.append(box);
      return;
    }
    const note = el("div", { class: "toast" }, text);
    this.over.append(note);
    setTimeout(() => note.classList.add("gone"), 3200);
    setTimeout(() => note.remove(), 3700);
  }

  // -- what the person does -------------------------------------------------------------------------------------

  async act(path, body) {
    try {
      return await tell(`${this.path}/${path}`, body);
    } catch {
      this.toast({ text: words("failed") });
      return null;
    }
  }

  say(text) {
    if (text.trim()) return this.act("text", { text });
  }

  tap(message, row, column, node) {
    this.waiting?.classList.remove("waiting");
    this.waiting = node;
    node.classList.add("waiting");
    setTimeout(() => node.classList.remove("waiting"), 6000);
    return this.act("tap", { message: message.id, row, column });
  }

  enlarge(address) {
    this.page.enlarge(address);
  }

  // An invitation link is opened on one of the telephones; any other link in the browser.
  follow(event, address) {
    const match = address.match(/(?:t\.me\/|domain=)(\w+)\?(?:.*&)?start=([\w-]+)/);
    if (!match) return;
    event.preventDefault();
    this.askWhere(match[2]);
  }

  askWhere(payload) {
    const close = () => box.remove();
    const open = (phone) => { close(); this.page.focus(phone.index); phone.say(`/start ${payload}`); };
    const rows = this.page.phones.map((phone) =>
      el("button", { class: "person", onclick: () => open(phone) }, avatar(phone.person, 32), el("span", { class: "who" }, el("b", {}, phone.person.name), el("small", {}, label(phone.person.role)))),
    );
    const other = el("button", { class: "person", onclick: () => { close(); this.openPicker(payload); } }, el("span", { class: "who" }, el("b", {}, words("choose"))));
    const box = el("div", { class: "veil", onclick: (event) => event.target === box && close() }, el("div", { class: "sheet" }, el("h3", {}, words("openOn")), rows, other));
    this.over.append(box);
  }

  async openPicker(payload) {
    if (this.over.querySelector(".picker")) return this.over.replaceChildren();
    const people = await this.page.refreshPeople();
    const list = el("div", { class: "people" });
    const choose = async (person) => { await this.show(person); if (payload) this.say(`/start ${payload}`); };
    const search = el("input", { type: "search", placeholder: words("search"), autocomplete: "off", oninput: () => fill() });
    const fill = () => list.replaceChildren(...this.drawPeople(people, search.value.trim().toLowerCase(), choose));
    fill();
    this.over.replaceChildren(el("div", { class: "picker" }, el("div", { class: "find" }, search, el("button", { class: "plain", onclick: () => this.over.replaceChildren() }, words("cancel"))), list));
    if (matchMedia("(min-width: 961px)").matches) search.focus();
  }

  drawPeople(people, wanted, choose) {
    const nodes = [];
    let group = null;
    const groups = [...new Set(people.map((one) => label(one.group)))];
    const sorted = groups.flatMap((name) => people.filter((one) => label(one.group) === name));
    for (const person of sorted) {
      const about = `${person.name} ${label(person.role)} ${label(person.group)}`.toLowerCase();
      if (wanted && !wanted.split(/\s+/).every((word) => about.includes(word))) continue;
      if (label(person.group) !== group) nodes.push(el("h4", {}, (group = label(person.group)) || " "));
      const unread = this.page.unread.get(person.id);
      nodes.push(
        el("button", { class: `person${person.id === this.person?.id ? " chosen" : ""}`, onclick: () => choose(person) },
          avatar(person, 34), el("span", { class: "who" }, el("b", {}, person.name), el("small", {}, label(person.role))),
          unread ? el("em", { class: "badge" }, unread) : null),
      );
    }
    return nodes.length ? nodes : [el("p", { class: "none" }, words("nobody"))];
  }
}
