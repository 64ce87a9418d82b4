import {button, element} from '../shell/dom.js';
import {key} from '../api/key.js';
import {Course} from './course.js';
import {Feed} from './feed.js';
import {Plots} from './plots.js';
import {recentPrompts} from './recent.js';
import {summarise} from './summary.js';
import {lagBars, workersTable} from './tables.js';

export const title = 'Pipeline';

export function open(main) {
  return new PipelineView(main);
}

class PipelineView {
  #notice = element('div', {role: 'status'});
  #course = new Course();
  #plots = new Plots();
  #workers = element('div', {});
  #lag = element('div', {});
  #recent = element('div', {});
  #shown = element('div', {class: 'pipeline-figures', hidden: true}, this.#course.node, this.#course.measures, this.#plots.node,
    section('Workers', this.#workers), section('Not done, by partition', this.#lag), section('Recent prompts', this.#recent));
  #listeners = new AbortController();
  #feed;

  constructor(main) {
    main.append(element('div', {class: 'pipeline column wide-column'}, element('header', {}, element('h1', {}, 'Pipeline'), this.#notice), this.#shown));
    this.#feed = new Feed({snapshot: snapshot => this.#show(snapshot), trouble: trouble => this.#tell(trouble)});
    key.addEventListener('change', () => this.#feed.again(), {signal: this.#listeners.signal});
  }

  #show(snapshot) {
    const summary = summarise(snapshot);
    this.#notice.replaceChildren();
    this.#shown.hidden = false;
    this.#course.show(summary, snapshot);
    this.#plots.add(summary);
    replace(this.#workers, workersTable(snapshot.workers));
    replace(this.#lag, lagBars(snapshot.lag));
    replace(this.#recent, recentPrompts(snapshot.recent, snapshot.time));
  }

  #tell({title: words, advice, needsKey}) {
    this.#notice.replaceChildren(element('p', {class: 'notice warn'}, element('strong', {}, words), ' ', advice,
      needsKey ? element('span', {class: 'row'}, button('Enter a key', () => document.dispatchEvent(new Event('key-needed')), {class: 'primary'})) : null));
  }

  close() {
    this.#listeners.abort();
    this.#feed.close();
    this.#plots.close();
  }
}

function section(name, content) {
  return element('section', {'aria-label': name}, element('h2', {}, name), content);
}

/** Unless somebody is in it, whose place would be lost; a second later is soon enough. */
function replace(place, fresh) {
  if (!place.contains(document.activeElement) && !place.firstChild?.isEqualNode(fresh)) {
    place.replaceChildren(fresh);
  }
}
