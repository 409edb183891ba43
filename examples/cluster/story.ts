import { dirname, join } from 'node:path';
import type { Machine } from '../../test/harness/machine/machine.ts';
import { serverProgram } from '../../test/harness/servers/build.ts';
import type { Apiserver } from '../../test/harness/servers/kubernetes.ts';
import type { Stage } from './stage.ts';
import type { Terminal } from './terminal.ts';

const NAME = 'devvm';
const HERE = 'examples/cluster';

/** From an empty cluster to one that somebody has come to and left again. */
export async function tell(stage: Stage, terminal: Terminal): Promise<void> {
  terminal.step(
    'A cluster: etcd and kube-apiserver, with nothing in it. First it is told what a workstation is',
  );
  const server = await stage.startServers();
  const cluster = clusterOf(server, terminal);
  await cluster.kubectl('apply', '--server-side', '-k', HERE);
  await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all');

  terminal.step('A controller; a machine, and what everybody there gets; and the agent of the machine');
  terminal.say('$ workstation controller --kubeconfig controller.kubeconfig &');
  await stage.startController(server);
  await cluster.kubectl('apply', '-f', `${HERE}/workstation.yaml`);
  const machine = await stage.makeMachine();
  terminal.say(`${NAME}# workstation agent --name ${NAME} --kubeconfig /etc/workstation/kubeconfig &`);
  await stage.startAgent(server, machine, NAME);
  await cluster.kubectl('wait', '--for=condition=Ready', `workstation/${NAME}`, '--timeout=60s');

  const scene = { ...terminal, ...cluster, ...placeOf(machine, terminal) };
  await somebodyComes(scene);
  await twoMoreCome(scene);
  await theSpecChanges(scene);
  await theMachineDrifts(scene);
  await somebodyLeaves(scene);
  terminal.step(
    'That is all: servers and machine are taken away. For a cluster of yours see docs/deploying.md',
  );
}

interface Scene extends Terminal {
  /** Runs it and shows it. */
  readonly kubectl: (...args: string[]) => Promise<void>;
  /** Waits until a kubectl succeeds, and shows nothing. */
  readonly untilKubectl: (...args: string[]) => Promise<void>;
  /** Runs a program on the machine and shows it. */
  readonly devvm: (...argv: string[]) => Promise<void>;
  readonly untilThere: (path: string) => Promise<void>;
}

async function somebodyComes({ step, kubectl, devvm }: Scene): Promise<void> {
  step('Somebody comes');
  await kubectl('apply', '-f', `${HERE}/user.yaml`);
  await kubectl('wait', '--for=condition=Ready', 'workstationuser/emo', '--timeout=60s');
  await kubectl('get', 'workstationusers', '-o', 'wide');
  await devvm('cat', '/home/emo/WELCOME.md');
  await devvm('ls', '-l', '/home/emo/code');
  step('What was done for them, and how it stands');
  await kubectl('describe', 'workstationuser', 'emo');
}

async function twoMoreCome({ step, kubectl }: Scene): Promise<void> {
  step('Two more, who name no machine: the controller finds them one');
  await kubectl('create', 'namespace', 'plotting-book');
  await kubectl('apply', '-f', `${HERE}/team.yaml`);
  await kubectl('wait', '--for=condition=Ready', 'workstationusers', '--all', '--timeout=60s');
  await kubectl('get', 'workstations,workstationusers');
}

async function theSpecChanges({ step, kubectl, untilKubectl, devvm }: Scene): Promise<void> {
  step('Somebody becomes an admin, on the machine and in the cluster');
  await kubectl('patch', 'workstationuser', 'emo', '--type=merge', '-p', '{"spec":{"tier":"admin"}}');
  await kubectl('wait', '--for=jsonpath={.status.observedGeneration}=2', 'workstationuser/emo');
  await devvm('id', 'emo');
  const binding = 'clusterrolebinding/workstation:emo';
  await untilKubectl('wait', '--for=jsonpath={.roleRef.name}=edit', binding, '--timeout=1s');
  await kubectl('get', binding, '-o', 'wide');
}

async function theMachineDrifts({ step, kubectl, untilKubectl, devvm, untilThere }: Scene): Promise<void> {
  step('Somebody deletes a file that is kept: it comes back by itself');
  await devvm('rm', '/etc/editor/emo.env');
  await untilThere('/etc/editor/emo.env');
  await devvm('cat', '/etc/editor/emo.env');
  const repaired = ['--field-selector=reason=DriftRepaired', '--for=create'];
  await untilKubectl('wait', 'events.v1.events.k8s.io', ...repaired, '--timeout=1s');
  await kubectl('events', '--for', 'workstationuser/emo');
}

async function somebodyLeaves({ step, kubectl, devvm }: Scene): Promise<void> {
  step('Somebody leaves: they are locked out, and nothing of theirs is deleted');
  await kubectl('delete', 'workstationuser', 'emo');
  await kubectl('get', 'workstationusers');
  await devvm('passwd', '--status', 'emo');
  await devvm('ls', '/home/emo/code');
  const ours = ['-l', 'app.kubernetes.io/managed-by=workstation-controller'];
  await kubectl('get', 'clusterrolebindings,rolebindings', '--all-namespaces', ...ours);
}

function clusterOf({ kubeconfig }: Apiserver, terminal: Terminal): Pick<Scene, 'kubectl' | 'untilKubectl'> {
  const program = serverProgram('kubectl');
  const cwd = join(import.meta.dirname, '../..');
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(dirname(kubeconfig), 'cache') };
  return {
    kubectl: (...args) => terminal.run('$', ['kubectl', ...args], [program, ...args], { cwd, env }),
    untilKubectl: (...args) =>
      terminal.until(`kubectl succeeds with ${args.join(' ')}`, [program, ...args], { env }),
  };
}

function placeOf(machine: Machine, terminal: Terminal): Pick<Scene, 'devvm' | 'untilThere'> {
  return {
    devvm: (...argv) => terminal.run(`${NAME}#`, argv, [...machine.enter, ...argv]),
    untilThere: (path) => terminal.until(`${path} is there`, [...machine.enter, 'test', '-s', path]),
  };
}
