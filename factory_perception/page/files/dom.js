// Small helpers: every text goes in through textContent, never as HTML.

export const byId = (id) => document.getElementById(id);

export function make(tag, className = '', text = '') {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

// Write only what has changed: the browser then has nothing to lay out anew.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setLevel(node, level) {
  if (node.dataset.level !== String(level)) node.dataset.level = level;
}

export function light(level) {
  const node = make('i', 'light');
  node.dataset.level = level;
  return node;
}

// Keep one child for each item, in order; children stay the same nodes as long as their key is there.
export function keyed(parent, items, keyOf, create, update) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  items.forEach((item, index) => {
    const key = String(keyOf(item));
    let child = known.get(key);
    if (!child) {
      child = create(item);
      child.dataset.key = key;
    }
    known.delete(key);
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
    update(child, item);
  });
  known.forEach((child) => child.remove());
}

export const clock = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });

export function length(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

// All values of a status as terms and descriptions.
export function showValues(list, values) {
  const pairs = Object.entries(values).flatMap(([key, value]) => [
    { key: `dt ${key}`, tag: 'dt', text: key },
    { key: `dd ${key}`, tag: 'dd', text: value },
  ]);
  keyed(list, pairs, ({ key }) => key, ({ tag }) => make(tag), (node, { text }) => setText(node, text));
}
