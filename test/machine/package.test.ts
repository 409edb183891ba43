import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKOUT, createMachine, type Machine } from '../harness/machine/machine.ts';
import { describeMachine } from '../harness/requirements.ts';

const MODULES = '/srv/app/node_modules';
const WORKSTATION = `${MODULES}/.bin/workstation`;
const { version: VERSION } = JSON.parse(readFileSync('package.json', 'utf8'));

/** What npm makes of the archive and its dependencies; of these, only Node is asked for at run time. */
const INSTALL = `
  mkdir -p ${MODULES}/.bin
  cd ${MODULES}
  tar -xz
  mv package workstation
  ln -s ../workstation/bin/workstation .bin/workstation
  ln -s ../workstation/bin/workstation .bin/kubectl-workstation
  ln -s ${CHECKOUT}/node_modules/node/bin/node .bin/node
`;

describeMachine('the package, installed on a machine', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await createMachine({ kind: 'booted' });
    const directory = mkdtempSync(join(tmpdir(), 'workstation-pack-'));
    const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', directory];
    const name = execFileSync('npm', pack, { encoding: 'utf8' }).trim();
    await machine.output(['sh', '-ec', INSTALL], { input: readFileSync(join(directory, name)) });
    rmSync(directory, { recursive: true });
  });
  afterAll(() => machine.destroy());

  it.each(['workstation', 'kubectl-workstation'])(
    'runs as %s through the links that npm makes',
    async (name) => {
      expect(await machine.output([`${MODULES}/.bin/${name}`, 'version'])).toBe(`${VERSION}\n`);
    },
  );

  it('lays down a service that runs from where it is, and does not start it before it is told to', async () => {
    await machine.output([WORKSTATION, 'install', '--no-start']);
    const unit = 'workstation-agent.service';
    expect((await machine.run(['systemctl', 'is-active', unit])).stdout).toBe('inactive\n');
    await machine.write('/etc/workstation/roster.yaml', 'users: {}\n');
    await machine.write('/etc/workstation/workstation.yaml', WORKSTATION_YAML);
    await machine.output(['systemctl', 'start', unit]);
    expect(await machine.output(['workstation', 'healthz'])).toBe('');
    await machine.output(['systemctl', 'stop', unit]);
  });

  it('has its status page with all that it loads', async () => {
    const agent = [WORKSTATION, 'agent', '--page-address', '127.0.0.1:8080'];
    await machine.output(['systemd-run', '--property=Type=notify', '--', ...agent]);
    const answers = await machine.output([`${MODULES}/.bin/node`, '-e', LOAD_PAGE]);
    expect(JSON.parse(answers)).toEqual({ '/': 200, 'icon.svg': 200, 'page.css': 200, 'page.js': 200 });
  });
});

const WORKSTATION_YAML =
  'apiVersion: workstation.dev/v1alpha1\nkind: Workstation\nmetadata: {name: devvm}\nspec: {}\n';

/** Prints the status of each answer by what was asked for. */
const LOAD_PAGE = `
  const statuses = {};
  const ask = async (path) => {
    const answer = await fetch('http://127.0.0.1:8080/' + path);
    statuses[path || '/'] = answer.status;
    return answer.text();
  };
  ask('').then(async (page) => {
    for (const [, path] of page.matchAll(/(?:src|href)="([^"#]+)"/g)) await ask(path);
    console.log(JSON.stringify(statuses));
  });
`;
