// The picture of a sound, worked out where the server cannot: there are no decoders there, here there are.

export const COUNT = 400;
const HIGH = 64;
const WIDE = 400;
const RATE = 8000; // enough for a picture, and an hour fits into memory
export const LONGEST_MS = 60 * 60 * 1000;

/** The loudest sample of each of `count` equal parts, 0 to 100. */
export function peaksOf(samples, count = COUNT) {
  const bars = new Array(Math.min(count, samples.length)).fill(0);
  for (let index = 0; index < samples.length; index += 1) {
    const bar = Math.floor((index * bars.length) / samples.length);
    bars[bar] = Math.max(bars[bar], Math.abs(samples[index]));
  }
  return bars.map((level) => Math.round(Math.min(level, 1) * 100));
}

/** The path of the picture, as the server draws it. */
export function pathOf(bars) {
  const top = Math.max(...bars, 1);
  const step = WIDE / (bars.length || 1);
  return bars.map((bar, index) => {
    const half = Math.max((HIGH / 2) * (bar / top) - 1, 0.5);
    return `M${((index + 0.5) * step).toFixed(1)} ${(HIGH / 2 - half).toFixed(1)}V${(HIGH / 2 + half).toFixed(1)}`;
  }).join("");
}

/** The bars of the sound at `url`. */
export async function decode(url) {
  const reply = await fetch(url);
  if (!reply.ok) {
    throw new Error(`HTTP ${reply.status}`);
  }
  const context = new OfflineAudioContext(1, 1, RATE);
  const sound = await context.decodeAudioData(await reply.arrayBuffer());
  return peaksOf(sound.getChannelData(0));
}
