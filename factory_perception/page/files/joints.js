// One row a joint: its fault light, its curve, its position, and how far the forecast was off.

import { byId, keyed, light, make, setLevel, setText, showValues } from './dom.js';
import { drawChart, missBy } from './chart.js';

const DIAGNOSER = 'fault_diagnoser: ';
const curves = { measured: [], forecast: [], low: [], high: [] };
let names = [];
let span = 10;
let ahead = 0;
let faults = new Map();

export function takeJoints(news) {
  for (const key of Object.keys(curves)) {
    if (news.fresh) curves[key] = [];
    curves[key].push(...news[key]);
  }
  ({ names } = news);
  span = news.span_s + news.ahead_s;
  ahead = news.ahead_s;
  const newest = curves.measured.at(-1)?.[0] ?? 0;
  for (const key of Object.keys(curves)) {
    const stale = curves[key].findIndex(([time]) => time > newest - span);
    curves[key].splice(0, stale < 0 ? curves[key].length : stale);
  }
  draw();
}

export function takeFaults(statuses) {
  faults = new Map();
  for (const status of statuses) {
    if (status.name.startsWith(DIAGNOSER)) faults.set(status.name.slice(DIAGNOSER.length), status);
  }
  draw();
}

// Whether a status is shown here, so that it need not be listed a second time.
export const isShown = ({ name }) => names.includes(name.slice(DIAGNOSER.length)) && name.startsWith(DIAGNOSER);

function rows() {
  const known = names.length ? names : [...faults.keys()].filter((name) => faults.get(name).values.joint);
  return known.map((name, index) => ({ name, index, status: faults.get(name) }));
}

function create() {
  const row = make('li');
  row.append(light(3), make('span', 'name'), make('canvas'), make('span', 'value'), make('span', 'value'), make('p', 'why'), make('dl'));
  row.lastChild.hidden = true;
  row.onclick = () => {
    row.lastChild.hidden = !row.lastChild.hidden;
    draw();
  };
  return row;
}

function draw() {
  const css = getComputedStyle(document.documentElement);
  const style = Object.fromEntries(['ink', 'accent', 'line'].map((name) => [name, css.getPropertyValue(`--${name}`)]));
  keyed(byId('jointrows'), rows(), ({ name }) => name, create, (row, { name, index, status }) => {
    const [lamp, title, canvas, position, error, why, values] = row.children;
    setLevel(lamp, status ? status.level : 3);
    lamp.title = status ? '' : 'no diagnosis';
    setLevel(row, status ? status.level : 3);
    setText(title, name);
    title.title = name;
    drawChart(canvas, curves, index, span, style);
    const value = curves.measured.at(-1)?.[1][index];
    setNumber(position, value, 3, 'rad');
    const miss = missBy(curves, index);
    setNumber(error, miss === null ? null : miss * 1000, 1, 'mrad');
    const explanation = status && status.level > 0 ? explain(status) : '';
    why.hidden = !explanation;
    setText(why, explanation);
    if (!values.hidden) showValues(values, status?.values ?? { diagnosis: 'none' });
  });
  byId('nojoints').hidden = byId('jointrows').children.length > 0;
  drawLegend();
}

function setNumber(node, value, digits, unit) {
  const known = value !== null && value !== undefined;
  if (!node.firstChild) node.append(make('span'), make('small'));
  setText(node.children[0], known ? value.toFixed(digits) : '');
  setText(node.children[1], known ? ` ${unit}` : '');
}

function explain({ level, message, values, age_s }) {
  if (level === 3) return `no diagnosis for ${Math.round(age_s)} s`;
  const sure = Number(values.probability);
  return Number.isFinite(sure) && values.probability !== '' ? `${message} (probability ${sure.toFixed(2)})` : message;
}

function drawLegend() {
  const legend = byId('legend');
  const text = curves.forecast.length ? `forecast ${Math.round(ahead * 100) * 10} ms before, and its error` : '';
  if (legend.dataset.text === text && legend.children.length) return;
  legend.dataset.text = text;
  legend.replaceChildren(make('b'), 'measured, last 10 s');
  legend.append(...(text ? [make('b', 'forecast'), text] : []));
}
