/** Workstations in, problems of their schema out: one case for each rule and each kind of field. */
import type { Case } from './case.ts';

const workstation = (spec: string) =>
  `apiVersion: workstation.dev/v1alpha1\nkind: Workstation\nmetadata: {name: m}\nspec:\n  ${spec}\n`;
const file = (more: string) => workstation(`files: [{name: f, path: a, ${more}}]`);
const service = (more: string, envFile = '/e/${user}', port = '{base: 3000}') =>
  workstation(`services: [{name: s, port: ${port}, envFile: '${envFile}', env: {}, ${more}}]`);
const machine = (more: string) => workstation(`machine: {${more}}`);
const kubeconfig = (cluster: string) =>
  workstation(`kubeconfig: {oidc: {issuerURL: 'https://i', clientID: k}, cluster: {name: c, ${cluster}}}`);

const HOME_PATH =
  'must be a path relative to the home, without "." or ".." parts, for instance ".config/tool/file"';
const PATH = 'must be an absolute path without "." or ".." parts, for instance "/etc/tool/file"';
const UNIT = 'must be a systemd unit with its suffix, for instance "tool@${user}.service"';
const MODE = 'must be four octal digits beginning with 0, for instance "0644"';
const DURATION = 'must be a duration such as "30s", "10m" or "1h30m"';
const ENV_FILE =
  'envFile must hold ${user} once, in its last part, and no other variable: each person needs a file';
const CLUSTER = 'cluster must have either fromKubeconfig, or both server and certificateAuthorityData';
const ONE_SOURCE = 'clusterTiers needs exactly one of vault, configMap and file';
const REMOTE = 'must be a git URL (https, http, ssh, git or file, or user@host:path)';

export const workstations: Readonly<Record<string, Case>> = {
  'nothing to manage': { text: workstation('{}'), problems: [] },
  'both tiers and exceptTiers': {
    text: file('content: x, tiers: [admin], exceptTiers: [admin]'),
    problems: ['5:71: spec.files[0].exceptTiers: tiers and exceptTiers exclude each other: remove one'],
  },
  'both, in every other section': {
    text: workstation(
      [
        'settings: [{name: a, path: a, tiers: [admin], exceptTiers: [admin]}]',
        'commands: [{name: a, argv: [a], tiers: [admin], exceptTiers: [admin], creates: c}]',
        'secrets: [{name: a, path: a, vault: {policies: [a], period: 1h, displayName: a}, tiers: [admin], exceptTiers: [admin]}]',
        'code: {infra: {remote: "https://a"}, tiers: [admin], exceptTiers: [admin]}',
      ].join('\n  '),
    ),
    problems: [
      '5:62: spec.settings[0].exceptTiers: tiers and exceptTiers exclude each other: remove one',
      '6:64: spec.commands[0].exceptTiers: tiers and exceptTiers exclude each other: remove one',
      '7:113: spec.secrets[0].exceptTiers: tiers and exceptTiers exclude each other: remove one',
      '8:69: spec.code.exceptTiers: tiers and exceptTiers exclude each other: remove one',
    ],
  },
  'no tiers to select': {
    text: file('content: x, tiers: []'),
    problems: ['5:49: spec.files[0].tiers: found an empty list, must have at least one item'],
  },
  'a file without content': {
    text: file('mode: "0644"'),
    problems: ['5:11: spec.files[0]: a file needs either source, or content or sourceJSON or both'],
  },
  'a file with two contents': {
    text: file('source: a, content: x'),
    problems: ['5:11: spec.files[0]: a file needs either source, or content or sourceJSON or both'],
  },
  'a file to remove, with content': {
    text: file('policy: Absent, content: x'),
    problems: [
      '5:11: spec.files[0]: a file with the policy Absent can have no content: remove source, content and sourceJSON',
    ],
  },
  'a marked file without a marker': {
    text: file('policy: IfMarked, content: x'),
    problems: ['5:11: spec.files[0].marker: marker goes with the policy IfMarked, and only with it'],
  },
  'a marker for nothing': {
    text: file('content: x, marker: x'),
    problems: ['5:50: spec.files[0].marker: marker goes with the policy IfMarked, and only with it'],
  },
  'an octal mode without quotes': {
    text: file('content: x, mode: 0755'),
    problems: ['5:48: spec.files[0].mode: found the number 0755, must be text: quote it'],
  },
  'a mode with the set-id bit': {
    text: file("content: x, mode: '4755'"),
    problems: [`5:48: spec.files[0].mode: found "4755", ${MODE}`],
  },
  'home paths to break out by': {
    text: workstation(
      'secrets: [{name: a, path: a, vault: {policies: [a], period: 1h, displayName: a}, directories: [{path: ../x}, {path: /x}, {path: a/../b}, {path: a//b}, {path: "a\\nb"}, {path: .}]}]',
    ),
    problems: ['../x', '/x', 'a/../b', 'a//b', 'a\\x0ab', '.'].map(
      (path, index) =>
        `5:${[105, 119, 131, 147, 161, 177][index]}: spec.secrets[0].directories[${index}].path: found "${path}", ${HOME_PATH}`,
    ),
  },
  'machine paths to break out by': {
    text: machine(
      'maps: [{name: a, format: JSON, service: s, path: /etc/../x}, {name: b, format: JSON, service: s, path: etc}]',
    ),
    problems: [
      `5:62: spec.machine.maps[0].path: found "/etc/../x", ${PATH}`,
      `5:116: spec.machine.maps[1].path: found "etc", ${PATH}`,
    ],
  },
  'a service with its ports upside down': {
    text: service('unset: []', '/e/${user}', '{base: 3000, last: 2000}'),
    problems: ['5:49: spec.services[0].port.last: last must not be below base'],
  },
  'a privileged port': {
    text: service('unset: []', '/e/${user}', '{base: 80, last: 70000}'),
    problems: [
      '5:37: spec.services[0].port.base: found the number 80, must be at least 1024',
      '5:47: spec.services[0].port.last: found the number 70000, must be at most 65535',
    ],
  },
  'a port as text': {
    text: service('unset: []', '/e/${user}', '{base: "3000"}'),
    problems: ['5:37: spec.services[0].port.base: found "3000", must be a whole number, without quotes'],
  },
  'half a port': {
    text: service('unset: []', '/e/${user}', '{base: 3000.5}'),
    problems: ['5:37: spec.services[0].port.base: found the number 3000.5, must be a whole number'],
  },
  'environment files that people would share': {
    text: ['/e/x', '/${user}/x', '/e/${user}-${user}', '/e/${user}${tier}', '/e/$x${user}']
      .map((path) => service('unset: []', path))
      .join('---\n'),
    problems: [5, 11, 17, 23, 29].map((line) => `${line}:53: spec.services[0].envFile: ${ENV_FILE}`),
  },
  'a variable that is none': {
    text: service('unset: [a b], units: [a]'),
    problems: [
      '5:84: spec.services[0].unset[0]: found "a b", must be the name of an environment variable: letters, digits and "_"',
      `5:98: spec.services[0].units[0]: found "a", ${UNIT}`,
    ],
  },
  'a command that nothing guards': {
    text: workstation('commands: [{name: a, argv: [a]}]'),
    problems: [
      '5:14: spec.commands[0]: a command needs a guard, or it would run in every pass: set creates, unless or onlyIf',
    ],
  },
  'the name of a variable that is none': {
    text: workstation('commands: [{name: a, argv: [a], env: {a-b: x, c: 7}, creates: c}]'),
    problems: [
      '5:41: spec.commands[0].env.a-b: found this key, must be the name of an environment variable: letters, digits and "_"',
      '5:52: spec.commands[0].env.c: found the number 7, must be text: quote it',
    ],
  },
  'the names of variables that are none, and nothing else': {
    text: workstation(`commands: [{name: a, argv: [a], env: {7a: x, ${'x'.repeat(256)}: y}, creates: c}]`),
    problems: [
      '5:41: spec.commands[0].env.7a: found this key, must be the name of an environment variable: letters, digits and "_"',
      `5:48: spec.commands[0].env["${'x'.repeat(60)}…"]: found this key, must be at most 255 characters`,
    ],
  },
  'more variables than a command can need': {
    text: workstation(
      `commands: [{name: a, argv: [a], env: {${Array.from({ length: 257 }, (_, index) => `A${index}: x`).join(', ')}}, creates: c}]`,
    ),
    problems: ['5:40: spec.commands[0].env: found a mapping, must have at most 256 members'],
  },
  'a command of nothing': {
    text: workstation('commands: [{name: a, argv: [], timeout: 0s, creates: c}]'),
    problems: [
      '5:30: spec.commands[0].argv: found an empty list, must have at least one item',
      `5:43: spec.commands[0].timeout: found "0s", ${DURATION}`,
    ],
  },
  'a pointer that is none': {
    text: workstation(
      'settings: [{name: a, path: a, elements: [{pointer: hooks, unlessContains: x, value: {a: [1]}}]}]',
    ),
    problems: [
      '5:54: spec.settings[0].elements[0].pointer: found "hooks", must be a JSON Pointer (RFC 6901), for instance "/hooks/Stop"',
    ],
  },
  'a machine file without content': {
    text: machine('files: [{name: a, path: /a}]'),
    problems: ['5:21: spec.machine.files[0]: a machine file needs either source or content'],
  },
  'a JSON map with a header': {
    text: machine("maps: [{name: a, path: /a, format: JSON, service: s, header: ['# a']}]"),
    problems: [
      '5:74: spec.machine.maps[0].header: header goes with the format Lines only: JSON has no comments; remove it',
    ],
  },
  'two sources of tiers': {
    text: workstation('clusterTiers: {file: {path: /a}, configMap: {namespace: a, name: a, field: a}}'),
    problems: [`5:17: spec.clusterTiers: ${ONE_SOURCE}`],
  },
  'no source of tiers': {
    text: workstation('clusterTiers: {}'),
    problems: [`5:17: spec.clusterTiers: ${ONE_SOURCE}`],
  },
  'a cluster from nowhere': {
    text: kubeconfig('server: "https://a"'),
    problems: [`5:70: spec.kubeconfig.cluster: ${CLUSTER}`],
  },
  'a cluster from two places': {
    text: kubeconfig('fromKubeconfig: /a, server: "https://a", certificateAuthorityData: YQ=='),
    problems: [`5:70: spec.kubeconfig.cluster: ${CLUSTER}`],
  },
  'a cluster with a bad address': {
    text: kubeconfig('server: "ftp://a", certificateAuthorityData: "%"'),
    problems: [
      '5:88: spec.kubeconfig.cluster.server: found "ftp://a", must be a URL beginning with "https://" or "http://"',
      '5:125: spec.kubeconfig.cluster.certificateAuthorityData: found "%", must be base64',
    ],
  },
  'a remote that runs programs': {
    text: workstation("code: {infra: {remote: 'ext::sh -c id', branch: -x}}"),
    problems: [
      `5:26: spec.code.infra.remote: found "ext::sh -c id", ${REMOTE}`,
      '5:51: spec.code.infra.branch: found "-x", must be a plain git name: letters, digits, "_", "-", "." and "/"',
    ],
  },
  'cluster access beyond the scopes': {
    text: workstation('clusterAccess: {admin: {clusterRole: x, scope: All}, root: {}}'),
    problems: [
      '5:50: spec.clusterAccess.admin.scope: found "All", must be Cluster or Namespaces',
      '5:56: spec.clusterAccess.root: unknown field: remove it, or use one of admin, namespace-owner, power-user',
    ],
  },
  'a limit below zero': {
    text: workstation('offboarding: {massRemovalLimit: -1}'),
    problems: ['5:35: spec.offboarding.massRemovalLimit: found the number -1, must be at least 0'],
  },
  'text that is too long': {
    text: workstation(`commands: [{name: a, argv: [${'x'.repeat(4097)}], creates: c}]`),
    problems: ['5:31: spec.commands[0].argv[0]: found 4097 characters, must be at most 4096 characters'],
  },
};
