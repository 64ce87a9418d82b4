/** A name that nobody else has; unlike crypto.randomUUID, also on pages that came without TLS. */
export function newName() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
}
