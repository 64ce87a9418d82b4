// Not a module: it has to run before the page is drawn, so that nobody sees the wrong theme for a moment.
{
  const chosen = localStorage.getItem('millrace.theme');
  if (chosen === 'light' || chosen === 'dark') {
    document.documentElement.dataset.theme = chosen;
  }
}
