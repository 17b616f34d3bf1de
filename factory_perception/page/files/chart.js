// One small curve: what was measured, what had been forecast for it, and the band it should lie in.

const LEAST_RANGE = 0.02; // a joint that stands still is a flat line, not magnified noise

function at(rows, joint) {
  return rows.map(([time, values]) => [time, values[joint]]).filter(([, value]) => value !== null && value !== undefined);
}

export function drawChart(canvas, curves, joint, span, style) {
  const scale = Math.min(window.devicePixelRatio || 1, 2);
  const wide = Math.round(canvas.clientWidth * scale);
  const high = Math.round(canvas.clientHeight * scale);
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const context = canvas.getContext('2d');
  context.clearRect(0, 0, wide, high);
  const measured = at(curves.measured, joint);
  if (!measured.length) return;
  const [forecast, low, top] = ['forecast', 'low', 'high'].map((name) => at(curves[name], joint));
  const now = measured.at(-1)[0];
  const end = Math.max(now, forecast.at(-1)?.[0] ?? now);
  const values = [...measured, ...forecast].map(([, value]) => value);
  const middle = (Math.max(...values) + Math.min(...values)) / 2;
  const half = Math.max(Math.max(...values) - Math.min(...values), LEAST_RANGE) / 2;
  const x = (time) => ((time - end + span) / span) * wide;
  const y = (value) => high / 2 - ((value - middle) / half) * (high / 2 - 3 * scale);

  if (low.length && top.length) {
    context.beginPath();
    top.forEach(([time, value], index) => context[index ? 'lineTo' : 'moveTo'](x(time), y(value)));
    [...low].reverse().forEach(([time, value]) => context.lineTo(x(time), y(value)));
    context.globalAlpha = 0.18;
    context.fillStyle = style.accent;
    context.fill();
    context.globalAlpha = 1;
  }
  if (end > now) {
    context.fillStyle = style.line;
    context.fillRect(x(now), 0, scale, high);
  }
  trace(context, measured, x, y, style.ink, 1.4 * scale);
  trace(context, forecast, x, y, style.accent, 1.4 * scale);
}

function trace(context, rows, x, y, colour, width) {
  context.beginPath();
  rows.forEach(([time, value], index) => {
    const gap = index && time - rows[index - 1][0] > 0.5; // nothing came in between
    context[index && !gap ? 'lineTo' : 'moveTo'](x(time), y(value));
  });
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineJoin = 'round';
  context.stroke();
}

// How far the measurement is from what had been forecast for that moment; null when unknown.
export function missBy(curves, joint) {
  const measured = at(curves.measured, joint);
  const now = measured.at(-1)?.[0];
  const due = at(curves.forecast, joint).filter(([time]) => time <= now).at(-1);
  if (!due) return null;
  const after = measured.findIndex(([time]) => time >= due[0]);
  if (after < 1) return null;
  const [[t0, v0], [t1, v1]] = [measured[after - 1], measured[after]];
  return v0 + ((v1 - v0) * (due[0] - t0)) / (t1 - t0) - due[1];
}
