import uPlot from '../library/uplot.js';
import {element} from '../shell/dom.js';
import {themeChanges} from '../shell/theme.js';

const HEIGHT_PIXELS = 150;
const MOST_SAMPLES = 300;

/** Of prompts there are no halves. */
const COUNTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 50000, 100000];

const PLOTS = [
  {title: 'Tokens a second', lines: [['generated', 'generated', '--water'], ['read', 'of prompts', '--violet']]},
  {title: 'Batch', incrs: COUNTS, lines: [['running', 'running', '--water'], ['slots', 'places', '--line-strong']]},
  {title: 'Waiting prompts', incrs: COUNTS, lines: [['onTopic', 'on the topic', '--amber'], ['inWorkers', 'in workers', '--water']]},
  {title: 'Time to first token, ms', lines: [['firstToken', 'half within', '--water'], ['firstTokenLate', '95 of 100', '--amber']]},
];

/** Plots of the last minutes that move with each sample. */
export class Plots {
  node = element('div', {class: 'plots'});
  #resizes = new ResizeObserver(() => this.#fit());
  #samples = [];
  #drawn = [];
  #listeners = new AbortController();

  constructor() {
    themeChanges.addEventListener('change', () => this.#build(), {signal: this.#listeners.signal});
    this.#resizes.observe(this.node);
  }

  /** @param {import('./summary.js').Summary} summary */
  add(summary) {
    if (summary.time <= this.#samples.at(-1)?.time) {
      return;
    }
    this.#samples.push({...summary, inWorkers: summary.inRooms + summary.inQueues});
    if (this.#samples.length > MOST_SAMPLES) {
      this.#samples.shift();
    }
    if (this.#drawn.length === 0) {
      this.#build();
    }
    this.#drawn.forEach(({plot, lines, figure}) => {
      plot.setData(this.#data(lines));
      figure.dataset.samples = this.#samples.length;
    });
  }

  #data(lines) {
    return [this.#samples.map(sample => sample.time / 1000), ...lines.map(([name]) => this.#samples.map(sample => sample[name]))];
  }

  /** Anew, as a canvas keeps its colours. */
  #build() {
    this.#drawn.forEach(({plot}) => plot.destroy());
    const colour = colours(this.node);
    this.#drawn = PLOTS.map(({title, lines, incrs}) => {
      const figure = element('figure', {class: 'plot'}, element('figcaption', {}, title, ...lines.map(([, name, variable]) => legend(name, colour(variable)))));
      return {figure, lines, title, incrs};
    });
    this.node.replaceChildren(...this.#drawn.map(({figure}) => figure));
    for (const drawn of this.#drawn) {
      drawn.plot = new uPlot(options(drawn.figure.clientWidth, drawn, colour), this.#data(drawn.lines), drawn.figure);
      const canvas = drawn.figure.querySelector('canvas');
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', `${drawn.title}, over the last minutes; the figures stand above`);
    }
  }

  #fit() {
    this.#drawn.forEach(({plot, figure}) => plot.setSize({width: figure.clientWidth, height: HEIGHT_PIXELS}));
  }

  close() {
    this.#listeners.abort();
    this.#resizes.disconnect();
    this.#drawn.forEach(({plot}) => plot.destroy());
  }
}

function legend(name, colour) {
  const mark = element('span', {class: 'legend-mark', 'aria-hidden': 'true'});
  mark.style.background = colour;
  return element('span', {class: 'legend-item'}, mark, name);
}

/** Reads what a variable's colour is at the moment, for canvases. */
function colours(node) {
  const probe = element('span', {hidden: true});
  node.append(probe);
  const read = new Map();
  return variable => {
    if (!read.has(variable)) {
      probe.style.color = `var(${variable})`;
      node.append(probe);
      read.set(variable, getComputedStyle(probe).color);
      probe.remove();
    }
    return read.get(variable);
  };
}

function options(width, {lines, incrs}, colour) {
  const axis = {stroke: colour('--soft'), font: '11px sans-serif', grid: {stroke: colour('--line'), width: 1}, ticks: {show: false}};
  return {
    width,
    height: HEIGHT_PIXELS,
    legend: {show: false},
    cursor: {show: false},
    padding: [10, 8, 0, 0],
    scales: {y: {range: (_, __, most) => [0, Math.max(1, most * 1.15)]}},
    axes: [{...axis, size: 24, space: 70, grid: {show: false}, values: (_, times) => times.map(clock)}, {...axis, size: 44, space: 30, incrs}],
    series: [{}, ...lines.map(([, , variable], index) => ({stroke: colour(variable), width: 1.75, points: {show: false},
      fill: index === 0 ? withAlpha(colour(variable), 0.12) : undefined}))],
  };
}

function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString('en-GB');
}

function withAlpha(colour, alpha) {
  return `color-mix(in srgb, ${colour} ${alpha * 100}%, transparent)`;
}
