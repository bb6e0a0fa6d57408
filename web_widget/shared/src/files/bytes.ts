/** The bytes of files that wait to be sent: IndexedDB, since they are too many for the storage of words. */

const NAME = "chatserver.files";
const STORE = "bytes";

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("This device keeps no files."));
  });
}

async function run<Result>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<Result>): Promise<Result> {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("This device could not keep the file."));
    });
  } finally {
    database.close();
  }
}

/**
 * Keeps files by id. Where the device keeps none (a private window, a full disk), they live as long as
 * the page.
 */
export class Bytes {
  private readonly here = new Map<string, Blob>();

  async keep(id: string, blob: Blob): Promise<void> {
    this.here.set(id, blob);
    try {
      await run("readwrite", (store) => store.put(blob, id));
    } catch (error) {
      console.warn("A file is kept until this page closes.", error);
    }
  }

  /** The bytes, or null when they are gone. */
  async find(id: string): Promise<Blob | null> {
    const here = this.here.get(id);
    if (here !== undefined) return here;
    try {
      const found: unknown = await run("readonly", (store) => store.get(id));
      return found instanceof Blob ? found : null;
    } catch {
      return null;
    }
  }

  async drop(id: string): Promise<void> {
    this.here.delete(id);
    try {
      await run("readwrite", (store) => store.delete(id));
    } catch (error) {
      console.debug("A file could not be dropped.", error);
    }
  }
}
