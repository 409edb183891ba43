/** Where the API server must use words of its own: by case of the schema tests, what it says and why it cannot say ours. */

export interface OwnWords {
  readonly why: string;
  /** All of its complaints, sorted; none where it accepts. */
  readonly says: readonly string[];
}

const TYPES = 'it looks at types first, and asks no rule where one is wrong';
const LIMITS = 'it checks lengths, ranges, choices and presence by itself; only rules can have words';
const UNKNOWN = 'it refuses unknown fields while it decodes, before it looks at any value';
const REQUEST = 'what is no object of this kind does not get as far as the schema';
const NAMES = 'the names of objects are Kubernetes’ own, whatever their kind';
const TWICE = 'it has a complaint of its own for the item that stands twice in a set, beside ours';
const NULL = 'a null where there is a default is the default for it; the command line has no such habit';

export const OWN_WORDS: Readonly<Record<string, OwnWords>> = {
  'another version': {
    why: REQUEST,
    says: [
      'WorkstationUser in version "v1" cannot be handled as a WorkstationUser: strict decoding error: unknown field "spec"',
    ],
  },
  'nothing but a kind': {
    why: REQUEST,
    says: [
      'the API version in the data () does not match the expected API version (workstation.dev/v1alpha1)',
    ],
  },
  'fields that nobody knows': {
    why: UNKNOWN,
    says: [
      'WorkstationUser in version "v1alpha1" cannot be handled as a WorkstationUser: strict decoding error: unknown field "spec.quux", unknown field "spec.teir", unknown field "specs"',
    ],
  },
  'a name with an underscore': {
    why: NAMES,
    says: [
      "metadata.name: Invalid value: \"e_mo\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  },
  'a name that is a number': {
    why: REQUEST,
    says: [
      'WorkstationUser in version "v1alpha1" cannot be handled as a WorkstationUser: json: cannot unmarshal number into Go struct field ObjectMeta.name of type string',
    ],
  },
  'rules that read what is not sound stay silent': {
    why: TYPES,
    says: [
      'spec.namespaces: Invalid value: "integer": spec.namespaces in body must be of type array: "integer"',
      'spec.tier: Invalid value: "integer": spec.tier in body must be of type string: "integer"',
      'spec.tier: Unsupported value: 7: supported values: "admin", "power-user", "namespace-owner"',
    ],
  },
  'no tiers to select': {
    why: LIMITS,
    says: ['spec.files[0].tiers: Invalid value: 0: spec.files[0].tiers in body should have at least 1 items'],
  },
  'an octal mode without quotes': {
    why: TYPES,
    says: [
      'spec.files[0].mode: Invalid value: "integer": spec.files[0].mode in body must be of type string: "integer"',
    ],
  },
  'a privileged port': {
    why: LIMITS,
    says: [
      'spec.services[0].port.base: Invalid value: 80: spec.services[0].port.base in body should be greater than or equal to 1024',
      'spec.services[0].port.last: Invalid value: 70000: spec.services[0].port.last in body should be less than or equal to 65535',
    ],
  },
  'a port as text': {
    why: TYPES,
    says: [
      'spec.services[0].port.base: Invalid value: "string": spec.services[0].port.base in body must be of type integer: "string"',
    ],
  },
  'half a port': {
    why: TYPES,
    says: [
      '<nil>: Invalid value: "": Checked value must be of type integer with format int32 in spec.services[0].port.base',
      'spec.services[0].port.base: Invalid value: "float64": spec.services[0].port.base in body must be of type int32: "float64"',
    ],
  },
  'the name of a variable that is none': {
    why: TYPES,
    says: [
      'spec.commands[0].env.c: Invalid value: "integer": spec.commands[0].env.c in body must be of type string: "integer"',
    ],
  },
  'the names of variables that are none, and nothing else': {
    why: LIMITS,
    says: [
      'spec.commands[0].env: Invalid value: must be the name of an environment variable: letters, digits and "_"',
    ],
  },
  'more variables than a command can need': {
    why: LIMITS,
    says: ['spec.commands[0].env: Too many: 257: must have at most 256 items'],
  },
  'a command of nothing': {
    why: LIMITS,
    says: [
      'spec.commands[0].argv: Invalid value: 0: spec.commands[0].argv in body should have at least 1 items',
      'spec.commands[0].timeout: Invalid value: "0s": must be a duration such as "30s", "10m" or "1h30m"',
    ],
  },
  'cluster access beyond the scopes': {
    why: UNKNOWN,
    says: [
      'Workstation in version "v1alpha1" cannot be handled as a Workstation: strict decoding error: unknown field "spec.clusterAccess.root"',
    ],
  },
  'a limit below zero': {
    why: LIMITS,
    says: [
      'spec.offboarding.massRemovalLimit: Invalid value: -1: spec.offboarding.massRemovalLimit in body should be greater than or equal to 0',
    ],
  },
  'text that is too long': {
    why: LIMITS,
    says: ['spec.commands[0].argv[0]: Too long: may not be more than 4096 bytes'],
  },
  'all required fields missing': {
    why: LIMITS,
    says: ['spec.authentikUser: Required value', 'spec.k8sUser: Required value', 'spec.tier: Required value'],
  },
  'keys that nobody knows': {
    why: UNKNOWN,
    says: [
      'WorkstationUser in version "v1alpha1" cannot be handled as a WorkstationUser: strict decoding error: unknown field "spec.code_layuot", unknown field "spec.quux"',
    ],
  },
  'an account of 33 characters': {
    why: LIMITS,
    says: ['spec.osUser: Too long: may not be more than 32 bytes'],
  },
  'a number as identity': {
    why: TYPES,
    says: [
      'spec.authentikUser: Invalid value: "integer": spec.authentikUser in body must be of type string: "integer"',
      'spec.k8sUser: Invalid value: "boolean": spec.k8sUser in body must be of type string: "boolean"',
    ],
  },
  'a null identity': {
    why: TYPES,
    says: [
      'spec.authentikUser: Required value',
      'spec.k8sUser: Invalid value: "object": spec.k8sUser in body must be of type string: "object"',
      'spec.tier: Invalid value: "array": spec.tier in body must be of type string: "array"',
      'spec.tier: Unsupported value: ["admin"]: supported values: "admin", "power-user", "namespace-owner"',
    ],
  },
  'an empty identity': {
    why: LIMITS,
    says: [
      'spec.authentikUser: Invalid value: "": must be one line without "=", not beginning with "#" or a space: it becomes a line of the published maps',
      'spec.authentikUser: Invalid value: "": spec.authentikUser in body should be at least 1 chars long',
      'spec.k8sUser: Invalid value: "": spec.k8sUser in body should be at least 1 chars long',
    ],
  },
  'an unknown tier': {
    why: LIMITS,
    says: [
      'spec.tier: Unsupported value: "Admin": supported values: "admin", "power-user", "namespace-owner"',
    ],
  },
  'namespaces as text': {
    why: TYPES,
    says: [
      'spec.namespaces: Invalid value: "string": spec.namespaces in body must be of type array: "string"',
    ],
  },
  'a namespace twice': {
    why: TWICE,
    says: [
      'spec.namespaces[2]: Duplicate value: "a"',
      'spec: Invalid value: namespaces must not name one namespace twice',
    ],
  },
  'an unknown layout': {
    why: LIMITS,
    says: ['spec.codeLayout: Unsupported value: "both": supported values: "single", "workspace"'],
  },
  'a null layout': { why: NULL, says: [] },
  'repos as text': {
    why: TYPES,
    says: ['spec.repos: Invalid value: "string": spec.repos in body must be of type array: "string"'],
  },
  'a repo twice': {
    why: TWICE,
    says: [
      'spec.repos[1]: Duplicate value: "a"',
      'spec: Invalid value: repos must not name one repository twice',
    ],
  },
  'repos with names to break out by': {
    why: TYPES,
    says: [
      'spec.repos[5]: Invalid value: "integer": spec.repos[5] in body must be of type string: "integer"',
    ],
  },
  'too many repos': { why: LIMITS, says: ['spec.repos: Too many: 101: must have at most 100 items'] },
  'words of YAML 1.1 where true or false is wanted': {
    why: TYPES,
    says: [
      'spec.offboarding: Unsupported value: "archive": supported values: "Retain", "Archive"',
      'spec.suspended: Invalid value: "string": spec.suspended in body must be of type boolean: "string"',
    ],
  },
  'a quoted boolean': {
    why: TYPES,
    says: [
      'spec.suspended: Invalid value: "string": spec.suspended in body must be of type boolean: "string"',
    ],
  },
  'problems of structure and of rules together': {
    why: TYPES,
    says: [
      'spec.authentikUser: Invalid value: "integer": spec.authentikUser in body must be of type string: "integer"',
      'spec.repos[1]: Invalid value: "integer": spec.repos[1] in body must be of type string: "integer"',
    ],
  },
  'labels that are no text': {
    why: TYPES,
    says: [
      'spec.workstationSelector.disk: Invalid value: "integer": spec.workstationSelector.disk in body must be of type string: "integer"',
    ],
  },
};
