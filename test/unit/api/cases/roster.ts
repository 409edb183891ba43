/** roster.yaml in, problems and warnings out. */
import type { Case } from './case.ts';

const entry = (more: string, tier = 'admin') =>
  `users:\n  emo: {authentik_user: emil, k8s_user: emo, tier: ${tier}, ${more}}\n`;
const account = (name: string) => `users:\n  ${name}: {authentik_user: emil, k8s_user: emo, tier: admin}\n`;

const NOT_PLAIN =
  'must be a plain Linux account name: lower-case letters, digits, "_" and "-", beginning with a letter or "_"';
const IDENTITY =
  'must be one line without "=", not beginning with "#" or a space: it becomes a line of the published maps';
const REPO =
  'must be a plain repository name: letters, digits, ".", "_" and "-", beginning with a letter or digit';
const LABEL = 'must be a DNS label: lower-case letters, digits and "-", not at either end';

export const roster: Readonly<Record<string, Case>> = {
  'nobody at all': { text: 'users: {}\n', problems: [] },
  'nobody, as null': { text: 'users:\n', problems: [] },
  'an empty file': { text: '', problems: [] },
  'null for no namespaces and no repos': { text: entry('namespaces: null, repos: ~'), problems: [] },
  'empty lists for none': { text: entry('namespaces: [], repos: []'), problems: [] },
  'a list instead of a roster': {
    text: '- emo\n',
    problems: ['1:1: found a list, must be a mapping with the key users'],
  },
  'no users': {
    text: 'user: {}\n',
    problems: ['1:1: users: missing, must be a mapping of accounts: write {} for nobody'],
  },
  'a list of users': {
    text: 'users:\n  - emo\n',
    problems: ['2:3: users: found a list, must be a mapping of accounts: write {} for nobody'],
  },
  'a second document': {
    text: 'users: {}\n---\nusers: {}\n',
    problems: [
      '3:1: found a second document, a roster must be alone in its file: remove "---" and what follows',
    ],
  },
  'a person who is nothing': {
    text: 'users:\n  emo:\n',
    problems: ['2:3: users.emo: found nothing, must be a mapping with authentik_user, k8s_user and tier'],
  },
  'all required fields missing': {
    text: 'users:\n  emo: {}\n',
    problems: [
      '2:3: users.emo.authentik_user: missing, must be text',
      '2:3: users.emo.k8s_user: missing, must be text',
      '2:3: users.emo.tier: missing, must be admin, power-user or namespace-owner',
    ],
  },
  'keys that nobody knows': {
    text: `domain: x\n${entry('code_layuot: single, osUser: x, quux: 1')}`,
    problems: [],
    warnings: [
      '1:1: domain: ignored, unknown field: remove it, or use one of users',
      '3:59: users.emo.code_layuot: ignored, unknown field: did you mean code_layout?',
      '3:80: users.emo.osUser: ignored, unknown field: did you mean k8s_user?',
      '3:91: users.emo.quux: ignored, unknown field: remove it, or use one of authentik_user, code_layout, k8s_user, namespaces, offboarding, repos, suspended, tier, workstation, workstation_selector',
    ],
  },
  'an account like an option': {
    text: account('-rf'),
    problems: [`2:3: users.-rf: found "-rf", ${NOT_PLAIN}`],
  },
  'an account that is a path': {
    text: account("'..'"),
    problems: [`2:3: users[".."]: found "..", ${NOT_PLAIN}`],
  },
  'an account with a newline': {
    text: account('"emo\\nx"'),
    problems: [`2:3: users["emo\\x0ax"]: found "emo\\x0ax", ${NOT_PLAIN}`],
  },
  'an account with an upper-case letter': {
    text: account('Emo'),
    problems: [`2:3: users.Emo: found "Emo", ${NOT_PLAIN}`],
  },
  'an account of digits': {
    text: account('1000'),
    problems: ['2:3: found 1000 as a key, must be text: quote it'],
  },
  'an account of quoted digits': {
    text: account('"1000"'),
    problems: [`2:3: users.1000: found "1000", ${NOT_PLAIN}`],
  },
  'an account of 33 characters': {
    text: account('e'.repeat(33)),
    problems: [
      `2:3: users.${'e'.repeat(33)}: found 33 characters, must be at most 32 characters, the limit of Linux account names`,
    ],
  },
  'an account of 32 characters': { text: account('e'.repeat(32)), problems: [] },
  'the account root': {
    text: account('root'),
    problems: ['2:3: users.root: osUser is the name of a system account: choose another'],
  },
  'the account of a daemon': {
    text: account('www-data'),
    problems: ['2:3: users.www-data: osUser is the name of a system account: choose another'],
  },
  'an account twice': {
    text: 'users:\n  emo: {}\n  emo: {}\n',
    problems: ['3:3: found the key "emo" a second time: remove one'],
  },
  'a number as identity': {
    text: 'users:\n  emo: {authentik_user: 7, k8s_user: true, tier: admin}\n',
    problems: [
      '2:25: users.emo.authentik_user: found the number 7, must be text: quote it',
      '2:38: users.emo.k8s_user: found the boolean true, must be text: quote it',
    ],
  },
  'a null identity': {
    text: 'users:\n  emo: {authentik_user: ~, k8s_user: {}, tier: [admin]}\n',
    problems: [
      '2:25: users.emo.authentik_user: found nothing, must be text',
      '2:38: users.emo.k8s_user: found a mapping, must be text',
      '2:48: users.emo.tier: found a list, must be admin, power-user or namespace-owner',
    ],
  },
  'an identity with an equals sign': {
    text: 'users:\n  emo: {authentik_user: a=root, k8s_user: emo, tier: admin}\n',
    problems: [`2:25: users.emo.authentik_user: found "a=root", ${IDENTITY}`],
  },
  'an identity with a newline': {
    text: 'users:\n  emo: {authentik_user: "a\\nx=root", k8s_user: emo, tier: admin}\n',
    problems: [`2:25: users.emo.authentik_user: found "a\\x0ax=root", ${IDENTITY}`],
  },
  'an identity with a line separator': {
    text: 'users:\n  emo: {authentik_user: "a\\u2028b", k8s_user: emo, tier: admin}\n',
    problems: [`2:25: users.emo.authentik_user: found "a\\u2028b", ${IDENTITY}`],
  },
  'an identity that looks like a comment': {
    text: "users:\n  emo: {authentik_user: '#a', k8s_user: emo, tier: admin}\n",
    problems: [`2:25: users.emo.authentik_user: found "#a", ${IDENTITY}`],
  },
  'an empty identity': {
    text: "users:\n  emo: {authentik_user: '', k8s_user: '', tier: admin}\n",
    problems: [
      '2:25: users.emo.authentik_user: found nothing, must not be empty',
      `2:25: users.emo.authentik_user: found "", ${IDENTITY}`,
      '2:39: users.emo.k8s_user: found nothing, must not be empty',
    ],
  },
  'a cluster identity of two lines': {
    text: 'users:\n  emo: {authentik_user: a, k8s_user: "a\\rb", tier: admin}\n',
    problems: ['2:38: users.emo.k8s_user: found "a\\x0db", must be one line'],
  },
  'an unknown tier': {
    text: entry('repos: []', 'Admin'),
    problems: [
      '2:52: users.emo.tier: found "Admin", must be admin, power-user or namespace-owner: did you mean admin?',
    ],
  },
  'a namespace-owner without namespaces': {
    text: entry('repos: []', 'namespace-owner'),
    problems: ['2:3: users.emo.namespaces: tier namespace-owner requires namespaces: name at least one'],
  },
  'a namespace-owner with an empty list': {
    text: entry('namespaces: []', 'namespace-owner'),
    problems: ['2:81: users.emo.namespaces: tier namespace-owner requires namespaces: name at least one'],
  },
  'an admin with namespaces': {
    text: entry('namespaces: [a]'),
    problems: [
      '2:71: users.emo.namespaces: only tier namespace-owner may have namespaces: remove them or change the tier',
    ],
  },
  'namespaces as text': {
    text: entry('namespaces: a', 'namespace-owner'),
    problems: ['2:81: users.emo.namespaces: found "a", must be a list'],
  },
  'a namespace that is none': {
    text: entry('namespaces: [A_b]', 'namespace-owner'),
    problems: [`2:82: users.emo.namespaces[0]: found "A_b", ${LABEL}`],
  },
  'a namespace twice': {
    text: entry('namespaces: [a, b, a]', 'namespace-owner'),
    problems: ['2:81: users.emo.namespaces: namespaces must not name one namespace twice'],
  },
  'an unknown layout': {
    text: entry('code_layout: both'),
    problems: ['2:72: users.emo.code_layout: found "both", must be single or workspace'],
  },
  'a null layout': {
    text: entry('code_layout: null'),
    problems: ['2:72: users.emo.code_layout: found nothing, must be single or workspace'],
  },
  'repos without their layout': {
    text: entry('repos: [a]'),
    problems: ['2:66: users.emo.repos: repos require the code layout workspace: set it or remove the repos'],
  },
  'repos as text': {
    text: entry('code_layout: workspace, repos: tripit'),
    problems: ['2:90: users.emo.repos: found "tripit", must be a list'],
  },
  'the repo that everybody has': {
    text: entry('code_layout: workspace, repos: [infra]'),
    problems: ['2:90: users.emo.repos: infra is implicit in the workspace layout: remove it from repos'],
  },
  'a repo twice': {
    text: entry('code_layout: workspace, repos: [a, a]'),
    problems: ['2:90: users.emo.repos: repos must not name one repository twice'],
  },
  'repos with names to break out by': {
    text: entry('code_layout: workspace, repos: ["a\\n", .., -rf, .git, a/b, 7]'),
    problems: [
      `2:91: users.emo.repos[0]: found "a\\x0a", ${REPO}`,
      `2:98: users.emo.repos[1]: found "..", ${REPO}`,
      `2:102: users.emo.repos[2]: found "-rf", ${REPO}`,
      `2:107: users.emo.repos[3]: found ".git", ${REPO}`,
      `2:113: users.emo.repos[4]: found "a/b", ${REPO}`,
      '2:118: users.emo.repos[5]: found the number 7, must be text: quote it',
    ],
  },
  'too many repos': {
    text: entry(
      `code_layout: workspace, repos: [${Array.from({ length: 101 }, (_, index) => `r${index}`).join(', ')}]`,
    ),
    problems: ['2:90: users.emo.repos: found 101 items, must have at most 100 items'],
  },
  'words of YAML 1.1 where true or false is wanted': {
    text: entry('suspended: yes, offboarding: archive'),
    problems: [
      '2:70: users.emo.suspended: found "yes", must be true or false',
      '2:88: users.emo.offboarding: found "archive", must be Retain or Archive: did you mean Archive?',
    ],
  },
  'a quoted boolean': {
    text: entry("suspended: 'true'"),
    problems: ['2:70: users.emo.suspended: found "true", must be true or false, without quotes'],
  },
  'problems of structure and of rules together': {
    text: 'users:\n  root: {authentik_user: 7, k8s_user: x, tier: admin, namespaces: [a], repos: [infra, 7]}\n',
    problems: [
      '2:3: users.root: osUser is the name of a system account: choose another',
      '2:26: users.root.authentik_user: found the number 7, must be text: quote it',
      '2:67: users.root.namespaces: only tier namespace-owner may have namespaces: remove them or change the tier',
      '2:79: users.root.repos: repos require the code layout workspace: set it or remove the repos',
      '2:79: users.root.repos: infra is implicit in the workspace layout: remove it from repos',
      '2:87: users.root.repos[1]: found the number 7, must be text: quote it',
    ],
  },
};
