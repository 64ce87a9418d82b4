import {key} from '../api/key.js';

/** Lets a person type the key. Opens by the button, and by whoever dispatches "key-needed" on the document. */
export function connectKeyDialog() {
  const dialog = document.getElementById('key-dialog');
  const input = document.getElementById('key-input');
  const open = () => {
    input.value = key.get();
    dialog.showModal();
    input.select();
  };
  document.getElementById('key-button').addEventListener('click', open);
  document.addEventListener('key-needed', open);
  document.getElementById('key-cancel').addEventListener('click', () => dialog.close());
  dialog.querySelector('form').addEventListener('submit', event => {
    event.preventDefault();
    key.set(input.value.trim());
    dialog.close();
  });
}
