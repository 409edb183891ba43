import { IMAGE } from '../harness/cluster/images.ts';
import type { Node } from '../harness/cluster/node.ts';
import { describeCluster } from '../harness/requirements.ts';
import { MANIFESTS } from '../harness/servers/manifests.ts';
import { user, workstation } from './declared.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

const NAMESPACE = '--namespace=workstation-system';
const DAEMON_SET = 'daemonset/workstation-agent';
const CONTROLLER = 'deployment/workstation-controller';

describeCluster('the overlay of the DaemonSet', () => {
  let stage: Stage;
  let one: Node;
  let other: Node;
  const kubectl = (...args: string[]) => stage.cluster.kubectl([NAMESPACE, ...args]);
  const rolledOut = () => kubectl('rollout', 'status', DAEMON_SET, '--timeout=50s');
  const podOn = ({ name }: Node) => {
    const where = ['--selector=app.kubernetes.io/component=agent', `--field-selector=spec.nodeName=${name}`];
    return kubectl('get', 'pods', '--output=name', ...where).trim();
  };
  const untilReady = (name: string) =>
    stage.until(`workstationuser/${name}`, ".status.conditions[?(@.type=='Ready')].status", 'True');
  const onboard = ({ name: node, machine }: Node, name: string) => {
    stage.apply(user(name, node));
    untilReady(name);
    return machine;
  };

  beforeAll(async () => {
    stage = await startStage();
    const [first, second] = stage.cluster.nodes;
    if (first === undefined || second === undefined) throw new Error('found fewer than two nodes');
    [one, other] = [first, second];
    const manifests = kubectl('kustomize', `${MANIFESTS}/overlays/daemonset`);
    const ours = manifests.replaceAll(/image: workstation:.*/g, `image: ${IMAGE}`);
    stage.cluster.kubectl(['apply', '--server-side', '--filename=-'], ours);
    kubectl('wait', '--for=condition=Established', 'customresourcedefinition', '--all', '--timeout=50s');
    for (const { name } of [one, other]) stage.apply(workstation(name));
    kubectl('label', 'node', '--all', 'workstation.dev/agent=true');
    rolledOut();
  });
  afterAll(() => stage.stop());

  it('onboards people on the machine that they belong to', async () => {
    for (const [name, node] of [
      ['ada', one],
      ['ben', one],
      ['bob', other],
    ] as const) {
      const machine = onboard(node, name);
      const look = 'id -Gn; cd; stat --format=%U:%G:%a .; cat own.txt notes/welcome.txt; ls code';
      expect(await machine.output(['sh', '-c', look], { user: name })).toBe(
        `${name} docker\n${name}:${name}:750\n${name}\nHello ${name}\ninfra\ntripit\n`,
      );
      expect(await machine.output(['systemctl', 'is-active', `t3-serve@${name}`])).toBe('active\n');
    }
    expect((await one.machine.run(['id', 'bob'])).code).toBe(1);
  });

  it('has agents that may write what is of their own machine and nothing of the other', () => {
    const write = (name: string) =>
      JSON.parse(kubectl('exec', podOn(one), '--', 'node', '-e', writing(name)));
    expect(write('ada')).toMatchObject({ kind: 'WorkstationUser', status: { uid: 4242 } });
    expect(write('bob')).toMatchObject({
      code: 403,
      message: expect.stringContaining(
        'it belongs to the machine node-2: the agent of node-1 may write only what is its own',
      ),
    });
  });

  it('has agents that their probe finds alive', () => {
    const path = 'spec.template.spec.containers[0].livenessProbe.exec.command';
    const probe: string[] = JSON.parse(kubectl('get', DAEMON_SET, `--output=jsonpath={.${path}}`));
    expect(kubectl('exec', podOn(one), '--', ...probe)).toBe('');
  });

  it.each([
    ['carl', 'a restart of all', () => void kubectl('rollout', 'restart', DAEMON_SET)],
    ['dora', 'the deletion of a pod', () => void kubectl('delete', podOn(other), '--grace-period=5')],
    ['emil', 'a reboot', () => stage.cluster.reboot(other)],
  ])('onboards %s after %s, and leaves services as they were', async (name, _, happen) => {
    await happen();
    rolledOut();
    const machine = onboard(other, name);
    expect(await machine.output(['systemctl', 'is-active', 't3-serve@bob'])).toBe('active\n');
  });

  it('has two controllers: when the one that leads is deleted, the other places whoever names no machine', async () => {
    kubectl('rollout', 'status', CONTROLLER, '--timeout=50s');
    // An identity begins with the name of the pod.
    const leader = () =>
      kubectl('get', 'lease/workstation-controller', '--output=jsonpath={.spec.holderIdentity}').split(
        '_',
      )[0];
    const before = leader();
    kubectl('delete', `pod/${before}`);
    stage.apply(user('fay'));
    untilReady('fay');
    const place = stage.get(['workstationuser/fay'], '.spec.workstation');
    const machine = stage.cluster.nodes.find(({ name }) => name === place)?.machine;
    expect(await machine?.output(['id', '-un', 'fay'])).toBe('fay\n');
    expect(leader()).not.toBe(before);
    expect(kubectl('get', 'pods', '--output=name')).toContain(leader());
  });

  it('cuts off whoever is deleted, with all that they run', async () => {
    const { machine } = one;
    await machine.output(['sh', '-c', 'setsid sleep 600 >/dev/null 2>&1 &'], { user: 'ada' });
    kubectl('delete', 'workstationuser/ada', '--timeout=50s');
    const gone = 'until ! pgrep -u ada >/dev/null; do sleep 0.1; done; getent shadow ada | cut -d: -f2';
    expect(await machine.output(['sh', '-c', gone])).toMatch(/^!/);
    expect(await machine.output(['ls', '/home/ada/code'])).toBe('infra\ntripit\n');
    expect(await machine.output(['systemctl', 'is-active', 't3-serve@ben'])).toBe('active\n');
  });
});

/** Program of a pod: tries to write a status as the agent does, with its token, and prints what the server says. */
function writing(name: string): string {
  return `
    const directory = '/var/run/secrets/kubernetes.io/serviceaccount/';
    const read = (name) => fs.readFileSync(directory + name, 'utf8');
    const headers = { authorization: 'Bearer ' + read('token'), 'content-type': 'application/merge-patch+json' };
    const path = '/apis/workstation.dev/v1alpha1/workstationusers/${name}/status?dryRun=All';
    const host = process.env.KUBERNETES_SERVICE_HOST;
    https.request({ host, path, method: 'PATCH', headers, ca: read('ca.crt') }, (answer) => answer.pipe(process.stdout))
      .end('{"status":{"uid":4242}}');
  `;
}
