/** The browser reads it after the task that gave it. */
const READ_MS = 10_000;

/** Hands a file to the browser: a token must not stand in an address, so it was fetched and is given as it is. */
export function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), READ_MS);
}
