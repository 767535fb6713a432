// The page's own words in both languages. What the bot says is the bot's affair.

const WORDS = {
  zh: {
    title: "走访 · 演示", hour: "+1 小时", day: "+1 天", next: "到下一件事", hourShort: "+1时", dayShort: "+1天", nextShort: "下一件事", log: "事件", other: "EN",
    photo: "照片", file: "文件", sample: "示例照片", sheets: "示例表格", contact: "我的名片", block: "停用机器人", unblock: "恢复机器人",
    write: "输入消息", caption: "添加说明", start: "开始", empty: "这里还没有消息", greeting: "点“开始”,打个招呼",
    search: "找人:姓名、角色、村", nobody: "没有这个人", edited: "已编辑", typing: "正在输入…", today: "今天",
    forwarded: "转发自", ok: "好", openOn: "在哪台手机上打开?", choose: "另选一人…", quiet: "还没有事情发生",
    voice: "语音", video: "视频", sticker: "贴纸", location: "位置", dice: "骰子", lost: "连接中断,正在重连…",
    cancel: "取消", failed: "没有发出去,请再试一次",
  },
  en: {
    title: "Zoufang · Demo", hour: "+1 hour", day: "+1 day", next: "Next event", hourShort: "+1 h", dayShort: "+1 d", nextShort: "Next", log: "Events", other: "中文",
    photo: "Photo", file: "File", sample: "Sample photos", sheets: "Sample sheets", contact: "My contact", block: "Block the bot", unblock: "Unblock the bot",
    write: "Message", caption: "Add a caption", start: "START", empty: "No messages here yet", greeting: "Press START to begin",
    search: "Name, role, village", nobody: "Nobody found", edited: "edited", typing: "typing…", today: "Today",
    forwarded: "Forwarded from", ok: "OK", openOn: "Open on which phone?", choose: "Somebody else…", quiet: "Nothing has happened yet",
    voice: "Voice message", video: "Video", sticker: "Sticker", location: "Location", dice: "Dice", lost: "Connection lost, trying again…",
    cancel: "Cancel", failed: "Not sent, please try again",
  },
};

const asked = localStorage.getItem("zoufang.language");
export let language = asked || ((navigator.language || "zh").startsWith("zh") ? "zh" : "en");

export function words(key) {
  return WORDS[language][key] ?? key;
}

// A label from the server: a text, or a text for each language.
export function label(value) {
  if (value && typeof value === "object") return value[language] ?? value.zh ?? "";
  return value ?? "";
}

export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("zoufang.language", language);
}

export function fillWords(root = document) {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const node of root.querySelectorAll("[data-words]")) node.textContent = words(node.dataset.words);
  document.title = words("title");
}

const ZONE = "Asia/Shanghai";
const formats = new Map();

function format(name, options) {
  const key = language + name;
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { timeZone: ZONE, ...options }));
  }
  return formats.get(key);
}

// Chinese dates come without a space before the weekday.
function spaced(dates, at) {
  const parts = dates.formatToParts(new Date(at));
  return parts.map((part) => (part.type === "weekday" && language === "zh" ? ` ${part.value}` : part.value)).join("");
}

export const hourOf = (at) => format("hour", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));
export const dayOf = (at) => spaced(format("day", { month: "long", day: "numeric", weekday: "short" }), at);
export const dateOf = (at) => spaced(format("date", { year: "numeric", month: "long", day: "numeric", weekday: "short" }), at);
export const shortDay = (at) => format("short", { month: "numeric", day: "numeric" }).format(new Date(at));
