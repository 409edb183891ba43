import { dirname, join } from 'node:path';
import type { Machine } from '../../test/harness/machine/machine.ts';
import { serverProgram } from '../../test/harness/servers/build.ts';
import type { Apiserver } from '../../test/harness/servers/kubernetes.ts';
import type { Stage } from './stage.ts';
import { typed, type Terminal } from './terminal.ts';

type Run = (...args: string[]) => Promise<void>;

const NAME = 'devvm';
const HERE = 'examples/cluster';

/** From an empty cluster to one that somebody has come to and left again. */
export async function tell(stage: Stage, terminal: Terminal): Promise<void> {
  const { step } = terminal;
  step('A cluster: etcd and kube-apiserver, with nothing in it. First it is told of workstations');
  const server = await stage.startServers();
  const kubectl = kubectlOn(server, terminal);
  await kubectl('apply', '--server-side', '-k', HERE);
  await kubectl('wait', '--for=condition=Established', 'crd', '--all');

  step('A controller, for what no machine can do alone; and a machine, with an agent');
  await stage.startController(server);
  terminal.say('$ workstation controller --kubeconfig controller.kubeconfig &');
  const machine = await stage.makeMachine();
  await stage.startAgent(server, machine, NAME);
  terminal.say(`${NAME}# workstation agent --name ${NAME} --kubeconfig /etc/workstation/kubeconfig &`);

  const on = machineOf(machine, terminal);
  await onboard(step, kubectl, on);
  await place(step, kubectl);
  await change(step, kubectl, on);
  await repair(terminal, kubectl, on, machine);
  await leave(step, kubectl, on);
}

async function onboard(step: Terminal['step'], kubectl: Run, devvm: Run): Promise<void> {
  step('Somebody comes');
  await kubectl('apply', '-f', `${HERE}/workstation.yaml`, '-f', `${HERE}/user.yaml`);
  await kubectl('wait', '--for=condition=Ready', 'workstationuser/emo', '--timeout=60s');
  await kubectl('get', 'workstationusers', '-o', 'wide');
  await devvm('cat', '/home/emo/WELCOME.md');
  await devvm('ls', '-l', '/home/emo/code');

  step('What was done, and how it stands');
  await kubectl('describe', 'workstationuser', 'emo');
}

async function place(step: Terminal['step'], kubectl: Run): Promise<void> {
  step('Two more, who name no machine');
  await kubectl('create', 'namespace', 'plotting-book');
  await kubectl('apply', '-f', `${HERE}/team.yaml`);
  await kubectl('wait', '--for=condition=Ready', 'workstationusers', '--all', '--timeout=60s');
  await kubectl('get', 'workstations,workstationusers');
}

async function change(step: Terminal['step'], kubectl: Run, devvm: Run): Promise<void> {
  step('Somebody becomes an admin');
  await kubectl('patch', 'workstationuser', 'emo', '--type=merge', '-p', '{"spec":{"tier":"admin"}}');
  await kubectl('wait', '--for=jsonpath={.status.observedGeneration}=2', 'workstationuser/emo');
  await devvm('id', 'emo');
  await kubectl('get', 'clusterrolebinding', 'workstation:emo', '-o', 'wide');
}

async function repair(terminal: Terminal, kubectl: Run, devvm: Run, machine: Machine): Promise<void> {
  terminal.step('Somebody else changes what is managed');
  const file = '/etc/editor/emo.env';
  await devvm('rm', file);
  await terminal.until(`${file} is back`, [...machine.enter, 'test', '-s', file]);
  await devvm('cat', file);
  await kubectl('events', '--for', 'workstationuser/emo');
}

async function leave(step: Terminal['step'], kubectl: Run, devvm: Run): Promise<void> {
  step('Somebody leaves: locked out, and nothing of theirs deleted');
  await kubectl('delete', 'workstationuser', 'emo');
  await kubectl('get', 'workstationusers');
  await devvm('passwd', '--status', 'emo');
  await devvm('ls', '/home/emo/code');
  await kubectl('get', 'clusterrolebindings', '-l', 'app.kubernetes.io/managed-by=workstation-controller');
}

function kubectlOn({ kubeconfig }: Apiserver, terminal: Terminal): Run {
  const cwd = join(import.meta.dirname, '../..');
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(dirname(kubeconfig), 'cache') };
  return (...args) =>
    terminal.run(`$ ${typed(['kubectl', ...args])}`, [serverProgram('kubectl'), ...args], { cwd, env });
}

function machineOf(machine: Machine, terminal: Terminal): Run {
  return (...argv) => terminal.run(`${NAME}# ${typed(argv)}`, [...machine.enter, ...argv]);
}
