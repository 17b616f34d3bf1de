// What has happened, newest first.

import { byId, clock, keyed, light, make, setLevel, setText } from './dom.js';

export function showEvents(events) {
  keyed(byId('eventrows'), events, ({ number }) => number, create, update);
  byId('noevents').hidden = events.length > 0;
}

function create() {
  const row = make('li');
  const words = make('div');
  words.append(make('b'), make('span'), make('div', 'quiet'));
  row.append(make('time'), light(0), words);
  return row;
}

function update(row, { time_ns, level, kind, text, hint, about }) {
  const [time, lamp, words] = row.children;
  setText(time, clock(time_ns / 1e9));
  setLevel(lamp, level);
  setText(words.children[0], about ? `${about}: ${kind}` : kind);
  setText(words.children[1], text ? ` ${text}` : '');
  setText(words.children[2], hint);
}
