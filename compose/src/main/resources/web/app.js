// The page begins here.

import {connectKeyDialog} from './shell/key-dialog.js';
import {connectThemeButton} from './shell/theme.js';
import {showStatus, status} from './shell/status.js';
import {startRouter} from './shell/router.js';

const main = document.getElementById('main');

document.querySelector('.skip-link').addEventListener('click', event => {
  // the address is the view's
  event.preventDefault();
  main.focus();
});
connectThemeButton(document.getElementById('theme-button'));
connectKeyDialog();
showStatus(document.getElementById('status'));
status.start();
startRouter(main, {
  chat: () => import('./chat/view.js'),
  completion: () => import('./completion/view.js'),
  pipeline: () => import('./pipeline/view.js'),
  streams: () => import('./streams/view.js'),
}, 'chat');
