/** The stream of statuses: connects, and connects again for as long as the page is open. */

/** Milliseconds of silence, after a first ping, that a stream is given up for. */
const SILENCE = 60_000;
/** Milliseconds between two tries, doubled up to the most. */
const FIRST_TRY = 1000;
const LAST_TRY = 15_000;

/**
 * @param onStatus called with each whole status
 * @param onState called with `live`, or with `lost` each time a connection ends
 */
export function follow(url, onStatus, onState) {
  let wait = FIRST_TRY;
  let silence;
  const connect = () => {
    const source = new EventSource(url);
    // The browser's own tries end for good with some answers of a server, so every end is treated as one.
    const end = () => {
      clearTimeout(silence);
      source.close();
      onState('lost');
      setTimeout(connect, wait);
      wait = Math.min(LAST_TRY, 2 * wait);
    };
    const heard = () => {
      wait = FIRST_TRY;
      onState('live');
      if (silence !== undefined) expect();
    };
    const expect = () => {
      clearTimeout(silence);
      silence = setTimeout(end, SILENCE);
    };
    silence = undefined;
    source.addEventListener('error', end, { once: true });
    source.addEventListener('ping', () => {
      expect();
      heard();
    });
    source.addEventListener('message', ({ data }) => {
      const status = parse(data);
      if (status === undefined) return;
      heard();
      onStatus(status);
    });
  };
  connect();
}

/** What is no status is left out: the next message is whole again. */
function parse(data) {
  try {
    const status = JSON.parse(data);
    return Array.isArray(status?.users) ? status : undefined;
  } catch {
    return undefined;
  }
}
