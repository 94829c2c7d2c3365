// What the recorder has not got rid of yet, in the browser's own database: it survives reloads and lost networks.
// A take is {key, address, of, pk, begunAt, size, ended, closed}; its pieces are {take, offset, bytes}.

const NAME = "crm-takes";
export const WAITING = "crm-takes-waiting"; // in localStorage, so that pages know at once whether something waits

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("takes", { keyPath: "key" });
      asked.result.createObjectStore("pieces", { keyPath: ["take", "offset"] });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function within(mode, work) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(["takes", "pieces"], mode, { durability: "strict" });
      let answer;
      const keep = (asked) => { asked.onsuccess = () => { answer = asked.result; }; };
      work(transaction.objectStore("takes"), transaction.objectStore("pieces"), keep);
      transaction.oncomplete = () => resolve(answer);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

const piecesOf = (key) => IDBKeyRange.bound([key, 0], [key, Infinity]);

export async function putTake(take) {
  localStorage.setItem(WAITING, "1");
  await within("readwrite", (takes) => takes.put(take));
}

export function allTakes() {
  return within("readonly", (takes, _pieces, keep) => keep(takes.getAll()));
}

/** Keep a piece and what the take is now, both or neither. */
export function putPiece(take, offset, bytes) {
  return within("readwrite", (takes, pieces) => {
    pieces.put({ take: take.key, offset, bytes });
    takes.put(take);
  });
}

export function pieces(key) {
  return within("readonly", (_takes, kept, keep) => keep(kept.getAll(piecesOf(key))));
}

/** Forget the pieces that the server has. */
export function dropPieces(key, received) {
  return within("readwrite", (_takes, kept) => {
    kept.openCursor(piecesOf(key)).onsuccess = (event) => {
      const cursor = event.target.result;
      if (cursor && cursor.value.offset + cursor.value.bytes.byteLength <= received) {
        cursor.delete();
        cursor.continue();
      }
    };
  });
}

/** The server has all of it. */
export async function dropTake(key) {
  await within("readwrite", (takes, kept) => {
    takes.delete(key);
    kept.delete(piecesOf(key));
  });
  if ((await allTakes()).length === 0) {
    localStorage.removeItem(WAITING);
  }
}
