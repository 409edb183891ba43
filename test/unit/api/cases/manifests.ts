/** Manifests in, problems out. */
import type { Case } from './case.ts';

const HEAD = 'apiVersion: workstation.dev/v1alpha1\n';
const user = (spec: string, name = 'emo') =>
  `${HEAD}kind: WorkstationUser\nmetadata: {name: ${name}}\nspec: {authentikUser: a, k8sUser: a, tier: admin${spec}}\n`;

const NAME = 'must be lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit';

export const manifests: Readonly<Record<string, Case>> = {
  'one user': { text: user(''), problems: [] },
  'a user as JSON': {
    text: JSON.stringify(
      JSON.parse(
        '{"apiVersion":"workstation.dev/v1alpha1","kind":"WorkstationUser","metadata":{"name":"emo"},"spec":{"authentikUser":"a","k8sUser":"a","tier":"admin"}}',
      ),
      null,
      '\t',
    ),
    problems: [],
  },
  'what the API server adds': {
    text: `${HEAD}kind: WorkstationUser\nmetadata: {name: emo, uid: x, generation: 2, managedFields: [{manager: kubectl}], annotations: {a: b}}\nspec: {authentikUser: a, k8sUser: a, tier: admin}\nstatus: {observedGeneration: 2, conditions: []}\n`,
    problems: [],
  },
  'labels that a machine must have': {
    text: user(', workstationSelector: {disk: ssd, x.org/zone: a}'),
    problems: [],
  },
  'labels that are no text': {
    text: user(', workstationSelector: {disk: 7}'),
    problems: ['4:79: spec.workstationSelector.disk: found the number 7, must be text: quote it'],
  },
  'a list as kubectl prints it': {
    text: `apiVersion: v1\nkind: List\nmetadata: {resourceVersion: ""}\nitems:\n- {apiVersion: workstation.dev/v1alpha1, kind: WorkstationUser, metadata: {name: emo}, spec: {authentikUser: a, k8sUser: a, tier: admin}}\n`,
    problems: [],
  },
  'a list of a kind': { text: `${HEAD}kind: WorkstationUserList\nitems: []\n---\n${user('')}`, problems: [] },
  'an empty text': {
    text: '# nothing\n',
    problems: ['found no object: declare at least one, with apiVersion and kind'],
  },
  'something that is no object': {
    text: '- a\n',
    problems: ['1:1: found a list, must be an object with apiVersion and kind'],
  },
  'no kind': {
    text: 'a: 1\n',
    problems: [
      '1:1: kind: missing, must be WorkstationUser or Workstation; a roster has the key users instead',
    ],
  },
  'another kind': {
    text: 'kind: ConfigMap\n',
    problems: ['1:7: kind: found "ConfigMap", must be WorkstationUser or Workstation'],
  },
  'a kind mistyped': {
    text: 'kind: Workstationuser\n',
    problems: [
      '1:7: kind: found "Workstationuser", must be WorkstationUser or Workstation: did you mean WorkstationUser?',
    ],
  },
  'another version': {
    text: user('').replace('v1alpha1', 'v1'),
    problems: ['1:13: apiVersion: found "workstation.dev/v1", must be workstation.dev/v1alpha1'],
  },
  'nothing but a kind': {
    text: 'kind: WorkstationUser\n',
    problems: [
      '1:1: apiVersion: missing, must be workstation.dev/v1alpha1',
      '1:1: metadata: missing, must be a mapping',
      '1:1: spec: missing, must be a mapping',
    ],
  },
  'fields that nobody knows': {
    text: `${user(', teir: admin, quux: 1')}specs: {}\n`,
    problems: [
      '4:51: spec.teir: unknown field: did you mean tier?',
      '4:64: spec.quux: unknown field: remove it, or use one of authentikUser, codeLayout, k8sUser, namespaces, offboarding, osUser, repos, suspended, tier, workstation, workstationSelector',
      '5:1: specs: unknown field: did you mean spec?',
    ],
  },
  'a name with an underscore': {
    text: user('', 'e_mo'),
    problems: [`3:18: metadata.name: found "e_mo", ${NAME}`],
  },
  'a name that is a number': {
    text: user('', '7'),
    problems: ['3:18: metadata.name: found the number 7, must be text: quote it'],
  },
  'a name that is no account': {
    text: user('', 'emo.barzin'),
    problems: ['3:11: metadata: metadata.name is no Linux account name: set spec.osUser'],
  },
  'a name that is no account, with one': { text: user(', osUser: emo', 'emo.barzin'), problems: [] },
  'the name of a system account': {
    text: user('', 'daemon'),
    problems: [
      '3:11: metadata: metadata.name is the name of a system account: choose another or set spec.osUser',
    ],
  },
  'a system account': {
    text: user(', osUser: root'),
    problems: ['4:59: spec.osUser: osUser is the name of a system account: choose another'],
  },
  'a problem in each item of a list': {
    text: `apiVersion: v1\nkind: List\nitems:\n- 7\n- kind: List\n- {kind: WorkstationUser, apiVersion: workstation.dev/v1alpha1, metadata: {name: a}, spec: {}}\n`,
    problems: [
      '4:3: found the number 7, must be an object with apiVersion and kind',
      '5:9: items[1].kind: found "List", must be WorkstationUser or Workstation',
      '6:86: items[2].spec.authentikUser: missing, must be text',
      '6:86: items[2].spec.k8sUser: missing, must be text',
      '6:86: items[2].spec.tier: missing, must be admin, power-user or namespace-owner',
    ],
  },
  'a list without items': {
    text: 'apiVersion: v1\nkind: List\n',
    problems: ['1:1: items: missing, must be a list'],
  },
  'rules that read what is not sound stay silent': {
    text: user(', namespaces: 7, repos: [infra]').replace('tier: admin', 'tier: 7'),
    problems: [
      '4:44: spec.tier: found the number 7, must be admin, power-user or namespace-owner',
      '4:59: spec.namespaces: found the number 7, must be a list',
      '4:69: spec.repos: repos require the code layout workspace: set it or remove the repos',
      '4:69: spec.repos: infra is implicit in the workspace layout: remove it from repos',
    ],
  },
};
