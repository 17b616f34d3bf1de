// Every status of /diagnostics in one line; a click shows all its values.

import { byId, keyed, light, make, setLevel, setText, showValues } from './dom.js';
import { isShown } from './joints.js';

export function showNodes(statuses) {
  const sorted = statuses.filter((status) => !isShown(status)).sort((a, b) => a.name.localeCompare(b.name));
  keyed(byId('noderows'), sorted, ({ name }) => name, create, update);
  byId('nonodes').hidden = sorted.length > 0;
}

function create() {
  const row = make('details');
  const summary = make('summary');
  const name = make('span', 'name');
  name.append(light(3), make('span'));
  summary.append(name, make('span', 'message'), make('span', 'number'), make('span', 'number'), make('span', 'model'));
  row.append(summary, make('dl'));
  return row;
}

function update(row, { name, level, message, values, age_s }) {
  const [title, text, rate, latency, model] = row.firstChild.children;
  setLevel(title.firstChild, level);
  setText(title.lastChild, name);
  setText(text, level === 3 ? `silent for ${Math.round(age_s)} s; last: ${message}` : message);
  setText(rate, values.rate_hz ? `${Number(values.rate_hz).toFixed(1)} Hz` : '');
  const times = ['p50', 'p95', 'p99'].map((key) => values[`total_ms_${key}`] ?? values[`latency_ms_${key}`]);
  setText(latency, times[0] ? `${times.map((time) => Number(time).toFixed(1)).join(' / ')} ms` : '');
  const version = values.model ?? values.model_version ?? '';
  const told = version && message.includes(version);
  setText(model, told ? '' : [version, values.backend, values.precision].filter(Boolean).join(' · '));
  if (row.open || !row.lastChild.children.length) showValues(row.lastChild, values);
}
