import { describeServers } from '../../harness/requirements.ts';
import { applyDefinitions } from '../../harness/servers/crds.ts';
import { startApiserver } from '../../harness/servers/kubernetes.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';
import { manifests } from '../../unit/api/cases/manifests.ts';
import { roster } from '../../unit/api/cases/roster.ts';
import { workstations } from '../../unit/api/cases/workstations.ts';
import { complaintsHere, complaintsThere, objectsInManifest, objectsInRoster, sentenceOf } from './sent.ts';
import { OWN_WORDS } from './wording.ts';

/** Every case that holds an object of ours; a text that is no YAML, or a list, is never sent to an API server. */
const CASES = [
  ...Object.entries({ ...manifests, ...workstations }).map(
    ([name, { text }]) => [name, objectsInManifest(text)] as const,
  ),
  ...Object.entries(roster).map(([name, { text }]) => [name, objectsInRoster(text)] as const),
].filter(([, objects]) => objects.length > 0);

/** It says so after complaints that kept it from asking the rules. */
const RULES_LEFT_OUT = /some validation rules were not checked because the object was invalid/;

describeServers('the API server and the command line', ['etcd', 'kube-apiserver'], () => {
  let server: Apiserver;
  beforeAll(async () => {
    server = await startApiserver();
    await applyDefinitions(server);
  });
  afterAll(() => server.stop());

  const own = CASES.filter(([name]) => OWN_WORDS[name] !== undefined);
  const shared = CASES.filter(([name]) => OWN_WORDS[name] === undefined);

  it.each(shared)('agree in verdict and sentence about %s', async (_, objects) => {
    for (const sent of objects) {
      const there = (await complaintsThere(server, sent)).map(sentenceOf);
      expect(there.sort()).toEqual(complaintsHere(sent).map(sentenceOf).sort());
    }
  });

  it.each(own)('differ in words, as is said and for the reason given, about %s', async (name, objects) => {
    const { says } = OWN_WORDS[name] ?? { says: [] };
    for (const sent of objects) {
      const there = (await complaintsThere(server, sent)).filter((said) => !RULES_LEFT_OUT.test(said));
      expect(there.sort()).toEqual(says);
      const here = complaintsHere(sent).map(sentenceOf);
      expect(here).not.toEqual([]);
      expect(there.map(sentenceOf)).not.toEqual(here);
    }
  });

  it('differ in no case that is not there', () => {
    const names = new Set(CASES.map(([name]) => name));
    expect(Object.keys(OWN_WORDS).filter((name) => !names.has(name))).toEqual([]);
  });
});
