// Small helpers: make an element, talk to the server.

export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && name !== "list") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export async function ask(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

export async function tell(path, body) {
  const form = body instanceof FormData;
  const answer = await fetch(path, {
    method: "POST",
    headers: form ? {} : { "Content-Type": "application/json" },
    body: form ? body : JSON.stringify(body ?? {}),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

const TINTS = ["#4f8fb8", "#5a9a6f", "#b7864b", "#8d79b8", "#b86f6f", "#5c9c9c", "#a07a5b", "#6f86c0"];

export function avatar(person, size = 36) {
  const name = person?.name ?? "?";
  const style = `background:${TINTS[(person?.id ?? 0) % TINTS.length]};width:${size}px;height:${size}px;font-size:${size * 0.42}px`;
  return el("span", { class: "avatar", style }, [...name][0] ?? "?");
}

const DRAWN = {
  clip: "M16.5 6.5v9.8a4.5 4.5 0 0 1-9 0V6.2a3 3 0 0 1 6 0v9.6a1.4 1.4 0 0 1-2.8 0V7",
  send: "M4 12 20 4.5 15.5 20l-3.6-6.2zM11.9 13.8 20 4.5",
  keys: "M4.5 6.5h15v11h-15zM8 10h.01M12 10h.01M16 10h.01M8.5 14h7",
  down: "m7 10 5 5 5-5",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  doc: "M7 3.5h7l4 4v13H7zM14 3.5v4h4",
  card: "M4 5.5h16v13H4zM9 11.2a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6M6 16c.4-2 1.600-3 3-3s2.600 1 3 3M14.500 10h3M14.500 13.500h3",
};

export function icon(name) {
  const holder = el("span", { class: `icon icon-${name}` });
  holder.innerHTML =
    `<svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor" stroke-width="1.7" ` +
    `stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="${DRAWN[name]}"/></svg>`;
  return holder;
}
