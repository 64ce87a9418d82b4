// Figures as people read them.

const whole = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const one = new Intl.NumberFormat('en', {maximumFractionDigits: 1});

/** A count, or a rate. */
export function figure(value) {
  return value >= 100 || Number.isInteger(value) ? whole.format(value) : one.format(value);
}

export function percent(share) {
  if (!Number.isFinite(share)) {
    return '–';
  }
  const value = share * 100;
  return value > 0 && value < 0.1 ? '<0.1%' : `${value >= 10 ? whole.format(value) : one.format(value)}%`;
}

/** Milliseconds, as they are or in seconds; a dash for none. */
export function duration(millis) {
  if (millis === null || millis === undefined || Number.isNaN(millis)) {
    return '–';
  }
  return millis < 1000 ? `${whole.format(millis)} ms` : `${one.format(millis / 1000)} s`;
}

/** A token's text with its spaces and ends of lines to be seen. */
export function visible(text) {
  return text.replaceAll(' ', '␣').replaceAll('\n', '↵').replaceAll('\t', '⇥') || '∅';
}
