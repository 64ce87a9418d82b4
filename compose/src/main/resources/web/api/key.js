// The key is this tab's: neither other tabs nor the next visit find it.

const NAME = 'millrace.key';

class Key extends EventTarget {
  get() {
    return sessionStorage.getItem(NAME) ?? '';
  }

  set(value) {
    if (value) {
      sessionStorage.setItem(NAME, value);
    } else {
      sessionStorage.removeItem(NAME);
    }
    this.dispatchEvent(new Event('change'));
  }
}

export const key = new Key();
