/**
 * The way of one person through a cluster, on nothing but a real etcd and kube-apiserver, a controller, and an agent on a
 * throw-away machine. The servers and the machine are those of the tests, in test/harness; nothing of them is left.
 */
import { bringServers, trouble } from './needs.ts';
import { Stage } from './stage.ts';
import { tell } from './story.ts';
import { terminal } from './terminal.ts';

const reason = trouble();
if (reason === undefined) process.exitCode = await perform();
else {
  console.error(`demo: ${reason}`);
  process.exitCode = 1;
}

async function perform(): Promise<number> {
  const stop = new AbortController();
  const stage = new Stage();
  try {
    bringServers();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
    await tell(stage, terminal(stop.signal));
    return 0;
  } catch (error) {
    if (stop.signal.aborted) console.error('\ndemo: interrupted: takes away what it has made');
    else console.error(`\ndemo: ${(error as Error).message}\n${stage.log}`);
    return stop.signal.aborted ? 130 : 1;
  } finally {
    await stage.stop();
  }
}
