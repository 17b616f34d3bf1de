// The live picture. Boxes are drawn here, in the resolution of the screen, so labels stay sharp.

import { byId, make, setText } from './dom.js';

const canvas = byId('picture');
const context = canvas.getContext('2d');
const frame = byId('frame');
const times = [];
let colours = {};
let defects = new Set();

export function setVocabulary(newColours, newDefects) {
  colours = newColours;
  defects = new Set(newDefects);
}

export function showPicture(about, bitmap) {
  const [width, height] = about.size;
  frame.style.aspectRatio = `${width} / ${height}`;
  const scale = Math.min(window.devicePixelRatio || 1, 2);
  const wide = Math.round(frame.clientWidth * scale);
  const high = Math.round((wide * height) / width);
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  context.drawImage(bitmap, 0, 0, wide, high);
  const boxes = about.boxes ?? [];
  for (const box of boxes) drawBox(box, wide / width, scale);
  const words = boxes.map(([name]) => name).join(', ');
  canvas.setAttribute('aria-label', `Live picture: ${words || 'nothing detected'}`);
  byId('nopicture').hidden = true;
  times.push(performance.now());
  while (times.length > 20) times.shift();
  pictureNote = about.boxes === null ? 'no detections arrive' : '';
}

let pictureNote = '';

function drawBox([name, score, left, top, right, bottom], zoom, scale) {
  const colour = colours[name] ?? '#888888';
  context.lineWidth = (defects.has(name) ? 2 : 1.5) * scale;
  context.strokeStyle = colour;
  context.strokeRect(left * zoom, top * zoom, (right - left) * zoom, (bottom - top) * zoom);
  context.font = `${12 * scale}px system-ui, "DejaVu Sans", sans-serif`;
  const text = `${name} ${score.toFixed(2)}`;
  const wide = context.measureText(text).width + 6 * scale;
  const high = 16 * scale;
  const x = Math.max(Math.min(left * zoom, canvas.width - wide), 0);
  // Parts are named above, their defects below, so that the names do not cover each other.
  const above = top * zoom - high;
  const below = bottom * zoom;
  const fits = defects.has(name) ? below + high <= canvas.height : above < 0;
  const y = Math.max(Math.min(fits ? below : above, canvas.height - high), 0);
  context.fillStyle = colour;
  context.fillRect(x, y, wide, high);
  context.fillStyle = isBright(colour) ? '#111111' : '#ffffff';
  context.textBaseline = 'middle';
  context.fillText(text, x + 3 * scale, y + high / 2);
}

function isBright(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return 0.3 * red + 0.59 * green + 0.11 * blue > 120;
}

// "10 pictures/s shown; the detector: 15.0 frames/s, 24 ms"
export function showPace(statuses, camera) {
  const detector = statuses.find(({ name }) => name === `detector: ${camera || 'image'}`);
  const parts = [];
  if (pictureNote) parts.push(pictureNote);
  if (detector?.values.rate_hz) parts.push(`${Number(detector.values.rate_hz).toFixed(1)} frames/s`);
  if (detector?.values.total_ms_p50) parts.push(`${Number(detector.values.total_ms_p50).toFixed(0)} ms from stamp to result`);
  if (detector && Number(detector.values.lost) > 0) parts.push(`${detector.values.lost} lost`);
  if (times.length > 2 && performance.now() - times.at(-1) > 2000) {
    parts.unshift(`no picture for ${Math.round((performance.now() - times.at(-1)) / 1000)} s`);
  }
  setText(byId('pace'), parts.join(' · '));
}

export function showCameras(cameras, current, choose) {
  const row = byId('cameras');
  if (cameras.length < 2) return;
  row.replaceChildren(
    ...cameras.map((camera) => {
      const button = make('button', '', camera);
      button.setAttribute('aria-pressed', String(camera === current));
      button.onclick = () => choose(camera);
      return button;
    }),
  );
}
