// What has passed: good and defective parts by class, what was wrong, and the last parts one by one.

import { byId, clock, make, setText } from './dom.js';

let shown = '';

export function showParts({ counts, since, colours, defects }) {
  setText(byId('since'), `since ${clock(since)}`);
  const text = JSON.stringify([counts, colours, defects]);
  if (text === shown) return;
  shown = text;
  const cameras = Object.entries(counts);
  const content = byId('counts');
  if (!cameras.length) {
    content.replaceChildren(make('p', 'note', 'A part counts when it leaves the picture'));
    return;
  }
  content.replaceChildren(...cameras.flatMap(([camera, count]) => panel(camera, count, colours)));
}

function panel(camera, { good, defective, defects, recent }, colours) {
  const kinds = [...new Set([...Object.keys(good), ...Object.keys(defective)])].sort();
  const table = make('table');
  table.append(line('th', [camera || 'class', 'good', 'defective', 'share']));
  const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);
  for (const kind of kinds) table.append(row(kind, good[kind] ?? 0, defective[kind] ?? 0, colours[kind]));
  const total = row('all', sum(good), sum(defective));
  total.className = 'total';
  table.append(total);
  return [table, defectLine(defects, colours), strip(recent)];
}

function line(tag, texts) {
  const row = make('tr');
  row.append(...texts.map((text) => make(tag, '', text)));
  return row;
}

function row(kind, good, defective, colour) {
  const share = `${((100 * defective) / Math.max(good + defective, 1)).toFixed(1)} %`;
  const tableRow = line('td', [kind, String(good), String(defective), share]);
  if (colour) tableRow.firstChild.prepend(swatch(colour));
  return tableRow;
}

function swatch(colour) {
  const node = make('i', 'swatch');
  node.style.background = colour;
  return node;
}

function defectLine(defects, colours) {
  const list = make('p', 'kinds');
  for (const [name, count] of Object.entries(defects).sort((a, b) => b[1] - a[1])) {
    const item = make('span', '', `${name} ${count}`);
    item.prepend(swatch(colours[name] ?? '#888888'));
    list.append(item);
  }
  return list;
}

function strip(recent) {
  const bar = make('div');
  bar.id = 'strip';
  bar.setAttribute('role', 'img');
  const bad = recent.filter(({ defects }) => defects.length).length;
  bar.setAttribute('aria-label', `${bad} of the last ${recent.length} parts were defective`);
  for (const { kind, defects } of recent) {
    const mark = make('i', defects.length ? 'bad' : '');
    mark.title = defects.length ? `${kind}: ${defects.join(', ')}` : kind;
    bar.append(mark);
  }
  return bar;
}
