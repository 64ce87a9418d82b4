/** Says something to those who listen to the page. The same thing twice is said twice. */
export function announce(text) {
  const region = document.getElementById('announcements');
  region.textContent = '';
  // an empty moment, or screen readers do not notice
  setTimeout(() => { region.textContent = text; }, 50);
}
