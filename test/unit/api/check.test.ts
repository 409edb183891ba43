import { importManifests } from '../../../src/api/manifest.ts';
import { checkWorkstation } from '../../../src/api/workstation/check.ts';

const HEAD = 'apiVersion: workstation.dev/v1alpha1\nkind: Workstation\nmetadata: {name: m}\nspec:\n';
const WEB =
  'services: [{name: web, exceptTiers: [admin], port: {base: 3000}, envFile: "/e/${user}", env: {P: "${port.web}"}}]';
const SHARED =
  'found a unit that all people would share: make it an instance, for instance "tool@${user}.service"';
const LITERAL = 'found "${", but variables are not replaced here: remove it';
const BROKEN = 'found "${" that is no variable: write ${NAME}, or $${ for the text itself';
const UNKNOWN =
  'must be ${user}, ${home}, ${tier}, ${authentikUser}, ${k8sUser}, ${workstation} or ${port.NAME}; write $${ for the text itself';
const SLASH =
  'in a path or name, where it could hold a "/": use ${user}, ${tier}, ${workstation} or ${port.NAME}';

/** Lines of a spec in, findings out as `path: message`. */
const cases: Readonly<Record<string, { spec: readonly string[]; findings: readonly string[] }>> = {
  'nothing declared': { spec: ['files: []'], findings: [] },
  'a unit named after more than the account': {
    spec: [WEB.replace('env:', 'units: ["a@${user}-${tier}.service", "a@${user}.timer"], env:')],
    findings: ['services.0.units.0: found ${tier} in a unit: use ${user} only'],
  },
  'names twice': {
    spec: [
      'files: [{name: a, path: a, content: x}, {name: a, path: b, content: x}]',
      'machine: {units: [{name: a.service}, {name: a.service}]}',
    ],
    findings: [
      'files.1.name: found "a" a second time: rename one',
      'machine.units.1.name: found "a.service" a second time: rename one',
    ],
  },
  'one file from two declarations': {
    spec: ['files: [{name: a, path: x, content: x}, {name: b, path: x, content: y, tiers: [admin]}]'],
    findings: ['files.1.path: found "x", which a writes for the same people: choose another path'],
  },
  'one file for different people': {
    spec: [
      'files: [{name: a, path: x, content: x, tiers: [admin]}, {name: b, path: x, content: y, exceptTiers: [admin]}]',
    ],
    findings: [],
  },
  'one path of the machine twice': {
    spec: [
      WEB,
      'machine:',
      '  files: [{name: a, path: /a, content: x}]',
      '  maps: [{name: b, path: /a, format: JSON, service: web}]',
    ],
    findings: ['machine.maps.0.path: found "/a", which a writes for the same people: choose another path'],
  },
  'two services with one environment file': {
    spec: [
      'services:',
      '- {name: a, port: {base: 3000}, envFile: "/e/${user}", env: {P: "${port.a}"}}',
      '- {name: b, port: {base: 4000}, envFile: "/e/${user}", env: {P: "${port.b}"}}',
    ],
    findings: [
      'services.1.envFile: found "/e/${user}", which a writes for the same people: choose another path',
    ],
  },
  'a port that nothing keeps': {
    spec: ['services: [{name: a, port: {base: 3000}, envFile: "/e/${user}", env: {P: "x${port.a}"}}]'],
    findings: ['services.0.env: found no variable that keeps the port: set one to ${port.a}'],
  },
  'a map of no service': {
    spec: ['machine: {maps: [{name: a, path: /a, format: JSON, service: web}]}'],
    findings: ['machine.maps.0.service: found no service "web": declare it'],
  },
  'a map of another service': {
    spec: [WEB, 'machine: {maps: [{name: a, path: /a, format: JSON, service: wbe}]}'],
    findings: ['machine.maps.0.service: found no service "wbe": must be web'],
  },
  'units that all people share': {
    spec: [
      'services: [{name: a, port: {base: 3000}, envFile: "/e/${user}", env: {P: "${port.a}"}, units: [a.service, "a@${user}.service"]}]',
      'secrets: [{name: a, path: a, vault: {policies: [a], period: 1h, displayName: a}, units: ["${user}.timer"]}]',
    ],
    findings: [`services.0.units.0: ${SHARED}`, `secrets.0.units.0: ${SHARED}`],
  },
  'JSON that is none': {
    spec: [
      'machine: {files: [{name: a, path: /a, format: JSON, content: "{"}, {name: b, path: /b, content: "{${x"}]}',
    ],
    findings: ['machine.files.0.content: found text that is no JSON: correct it, or set the format Text'],
  },
  'variables wherever they are taken': {
    spec: [
      WEB.replace('exceptTiers: [admin], ', ''),
      'files: [{name: a, path: "${user}-${tier}-${workstation}-${port.web}", content: "${home} ${k8sUser} ${authentikUser} $${x"}]',
      'commands: [{name: a, argv: ["${home}"], env: {A: "${user}"}, unless: {path: "${user}", pointer: /a}}]',
      'settings: [{name: a, path: a, set: {a: [{b: "${user}"}]}, elements: [{pointer: /a, unlessContains: "${user}", value: "${home}"}]}]',
      'secrets: [{name: a, path: a, vault: {policies: ["a-${user}"], period: 1h, displayName: "${k8sUser}"}, directories: [{path: "${user}"}]}]',
      'code: {path: "${user}", infra: {remote: "https://a"}}',
    ],
    findings: [],
  },
  'unknown variables': {
    spec: ['commands: [{name: a, argv: ["${usr}", "$${usr} ${HOSTNAME} ${toString}"], creates: c}]'],
    findings: [
      `commands.0.argv.0: found the unknown variable \${usr}, ${UNKNOWN}: did you mean \${user}?`,
      `commands.0.argv.1: found the unknown variable \${HOSTNAME}, ${UNKNOWN}`,
      `commands.0.argv.1: found the unknown variable \${toString}, ${UNKNOWN}`,
    ],
  },
  'variables that are not closed': {
    spec: ['commands: [{name: a, argv: ["${user", "${A:-b c}"], creates: c}]'],
    findings: [`commands.0.argv.0: ${BROKEN}`, `commands.0.argv.1: ${BROKEN}`],
  },
  'variables in paths that could lead elsewhere': {
    spec: ['files: [{name: a, path: "a/${authentikUser}", content: x, onlyIfDirectory: "${home}"}]'],
    findings: [
      `files.0.path: found \${authentikUser} ${SLASH}`,
      `files.0.onlyIfDirectory: found \${home} ${SLASH}`,
    ],
  },
  'variables where nothing is replaced': {
    spec: [
      'accounts: {homeBase: "/home/${user}"}',
      'code: {infra: {remote: "https://a/${user}"}}',
      'files: [{name: a, path: a, sourceJSON: {path: "/${user}", pointer: /a}}, {name: b, path: b, source: "${user}"}]',
      'machine: {units: [{name: "a@${user}.service"}]}',
    ],
    findings: [
      'accounts.homeBase',
      'code.infra.remote',
      'files.0.sourceJSON.path',
      'files.1.source',
      'machine.units.0.name',
    ].map((path) => `${path}: ${LITERAL}`),
  },
  'ports of services that are not there': {
    spec: [WEB, 'commands: [{name: a, exceptTiers: [admin], argv: ["${port.wbe} ${port.x}"], creates: c}]'],
    findings: [
      'commands.0.argv.0: found ${port.wbe}, but there is no service wbe: did you mean ${port.web}?',
      'commands.0.argv.0: found ${port.x}, but there is no service x: declare it',
    ],
  },
  'ports of services that not all have': {
    spec: [
      WEB,
      'commands: [{name: a, argv: ["${port.web}"], creates: c}, {name: b, exceptTiers: [admin], argv: ["${port.web}"], creates: c}]',
    ],
    findings: [
      'commands.0.argv.0: found ${port.web}, but people of the tier admin have no service web: select the same tiers',
    ],
  },
};

describe('a Workstation as a whole, with', () => {
  it.each(Object.entries(cases))('%s', (_, { spec, findings }) => {
    const text = `${HEAD}${spec.map((line) => `  ${line}\n`).join('')}`;
    const { workstations, problems } = importManifests('f', text);
    expect(problems).toEqual([]);
    const found = workstations.flatMap(({ object }) => checkWorkstation(object.spec));
    expect(found.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual(findings);
  });
});
