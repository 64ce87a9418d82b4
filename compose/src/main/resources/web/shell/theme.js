// Light, dark, or as the system has it.

const KEY = 'millrace.theme';
const NEXT = {system: 'light', light: 'dark', dark: 'system'};
const NAMES = {system: 'Auto', light: 'Light', dark: 'Dark'};

/** Tells those who draw by themselves, on canvases, that colours have changed. */
export const themeChanges = new EventTarget();

export function connectThemeButton(button) {
  const show = () => {
    const theme = document.documentElement.dataset.theme ?? 'system';
    button.textContent = NAMES[theme];
    button.setAttribute('aria-label', `Theme: ${NAMES[theme]}. Change to ${NAMES[NEXT[theme]]}`);
  };
  button.addEventListener('click', () => {
    choose(NEXT[document.documentElement.dataset.theme ?? 'system']);
    show();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
  show();
}

function choose(theme) {
  if (theme === 'system') {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem(KEY);
  } else {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem(KEY, theme);
  }
  changed();
}

function changed() {
  themeChanges.dispatchEvent(new Event('change'));
}
