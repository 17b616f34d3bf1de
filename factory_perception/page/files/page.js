// The page: news from the link go to the panels.

import { byId, clock, setLevel, setText } from './dom.js';
import { showEvents } from './events.js';
import { takeFaults, takeJoints } from './joints.js';
import { Link } from './link.js';
import { showNodes } from './nodes.js';
import { showParts } from './parts.js';
import { setVocabulary, showCameras, showPace, showPicture } from './picture.js';

// The headline says the beginning; the whole sentence stands among the nodes.
const MOST_LETTERS = 140;
let camera = '';

function showVerdict(statuses) {
  const bad = statuses.filter(({ level }) => level > 0).sort((a, b) => rank(b.level) - rank(a.level));
  const [worst] = bad;
  const [lamp, text] = byId('verdict').children;
  setLevel(lamp, statuses.length ? (worst?.level ?? 0) : 3);
  if (!worst) {
    setText(text, statuses.length ? 'All healthy' : 'Waiting for the nodes');
    return;
  }
  const words = worst.level === 3 ? `silent for ${Math.round(worst.age_s)} s` : shortened(worst.message);
  const name = worst.name.replace(/^fault_diagnoser: /, '');
  setText(text, `${name}: ${words}${bad.length > 1 ? `, and ${bad.length - 1} more` : ''}`);
}

const shortened = (text) => (text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS).replace(/\s\S*$/, '')} …` : text);
const rank = (level) => (level === 3 ? 1.5 : level); // silence is worse than a warning

function takeState(state) {
  document.title = state.title;
  setText(byId('title'), state.title);
  setVocabulary(state.colours, state.defects);
  showVerdict(state.statuses);
  showPace(state.statuses, camera);
  takeFaults(state.statuses);
  showParts(state);
  showEvents(state.events);
  showNodes(state.statuses);
  if (!link.lostAt) setText(byId('link'), `live ${clock(state.time)}`);
}

function choose(name, cameras) {
  camera = name;
  showCameras(cameras, camera, (other) => choose(other, cameras));
  link.look(camera);
}

const link = new Link({
  state: takeState,
  joints: takeJoints,
  picture: showPicture,
  status: (text, lost) => {
    setText(byId('link'), text);
    byId('link').classList.toggle('lost', lost);
  },
});

fetch('state.json')
  .then((response) => response.json())
  .then((state) => {
    takeState(state);
    choose(state.cameras[0] ?? '', state.cameras);
  });
