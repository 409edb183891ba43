/** Accounts, code and kubeconfigs: what every person gets first. */
import * as z from 'zod';
import {
  AbsolutePath,
  AccountName,
  Duration,
  HomePath,
  HttpURL,
  Line,
  Mode,
  RefName,
  Remote,
  RepoName,
} from '../primitives.ts';
import { withRules } from '../rules.ts';
import { TIERS, type Tier } from '../user.ts';
import { selection, selectionRule } from './selection.ts';

const groupsOfTiers = Object.fromEntries(
  TIERS.map((tier) => [
    tier,
    z.array(AccountName).max(64).default([]).describe(`The groups of people of the tier ${tier}.`),
  ]),
) as Record<Tier, z.ZodDefault<z.ZodArray<typeof AccountName>>>;

export const Accounts = z.strictObject({
  shell: AbsolutePath.default('/bin/bash').describe(
    'The login shell of new accounts; an existing account keeps its own.',
  ),
  homeBase: AbsolutePath.default('/home').describe('The directory in which useradd makes homes.'),
  homeMode: Mode.default('0700').describe(
    'The permission bits of new homes; an existing home keeps its own.',
  ),
  groups: z
    .strictObject(groupsOfTiers)
    .prefault({})
    .describe(
      'The supplementary groups of each tier. People are added to them and never removed by a routine pass.',
    ),
});

const CodeShape = z.strictObject({
  ...selection,
  path: HomePath.default('code').describe('The code directory below the home.'),
  infra: z
    .strictObject({
      name: RepoName.default('infra').describe('Its directory in the workspace layout.'),
      remote: Remote.describe('Where it is cloned from; becomes the remote "origin".'),
      branch: RefName.default('main').describe('The branch that is checked out and kept fresh.'),
      lockedFilters: z
        .array(RefName)
        .max(8)
        .default([])
        .describe(
          'gitattributes filters to pass content through unchanged, so that what they encrypt stays ciphertext.',
        ),
      canonical: z
        .strictObject({
          name: RefName.describe('What the clone calls the remote.'),
          remote: Remote.describe('Where it lies.'),
        })
        .optional()
        .describe('A second remote that the branch tracks: where people push.'),
    })
    .describe('The clone that everybody gets.'),
  repos: z
    .strictObject({ baseURL: Remote.describe('A repo NAME is cloned from baseURL/NAME.git, as the person.') })
    .optional()
    .describe('Where the repos of people with the workspace layout come from.'),
  refreshInterval: Duration.default('1h').describe(
    'How often clones are fetched and fast-forwarded where that is safe; up to a tenth later, differently for each person.',
  ),
  timeout: Duration.default('10m').describe('The longest one clone or fetch may take.'),
});

export const Code = withRules(CodeShape, [selectionRule]);

export const Kubeconfig = withRules(
  z.strictObject({
    ...selection,
    path: HomePath.default('.kube/config').describe('The file, below the home; made when absent.'),
    cluster: z
      .strictObject({
        name: Line.max(253).describe('The name of the cluster and its context in the file.'),
        fromKubeconfig: AbsolutePath.optional().describe(
          'A kubeconfig on the machine; server and CA are those of its current context.',
        ),
        server: HttpURL.optional().describe('The URL of the API server.'),
        certificateAuthorityData: z
          .base64('must be base64')
          .max(65536)
          .optional()
          .describe('The CA, PEM in base64.'),
      })
      .describe('The cluster: either from a kubeconfig, or server and CA.'),
    oidc: z
      .strictObject({
        issuerURL: HttpURL.describe('The OpenID Connect issuer.'),
        clientID: Line.max(253).describe('The client that the API server trusts.'),
        extraScopes: z.array(Line.max(253)).max(16).default([]).describe('Scopes to ask for beside openid.'),
      })
      .describe('How people log in: kubelogin (kubectl oidc-login) as an exec credential plugin.'),
  }),
  [
    selectionRule,
    {
      cel: 'has(self.cluster.fromKubeconfig) != (has(self.cluster.server) && has(self.cluster.certificateAuthorityData))',
      holds: ({ cluster }) =>
        (cluster.fromKubeconfig !== undefined) !==
        (cluster.server !== undefined && cluster.certificateAuthorityData !== undefined),
      message: 'cluster must have either fromKubeconfig, or both server and certificateAuthorityData',
      field: 'cluster',
    },
  ],
);
