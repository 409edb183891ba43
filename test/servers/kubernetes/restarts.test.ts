import { backUp } from '../../harness/servers/backup.ts';
import { startApiserver } from '../../harness/servers/kubernetes.ts';
import type { Apiserver } from '../../harness/servers/kubernetes.ts';
import { describeServers } from '../../harness/requirements.ts';
import { CONFIG_MAPS, configMap, copied, until, untilTrue } from './stage.ts';
import type { Copy, Stage } from './stage.ts';

describeServers('a reflector of a server that goes away', ['etcd', 'kube-apiserver'], () => {
  let server: Apiserver;
  let stage: Stage;
  let copy: Copy;
  beforeAll(async () => {
    server = await startApiserver();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    ({ stage, copy } = await copied(server, ['kept', 'changed', 'deleted']));
  });
  afterEach(async () => {
    await copy.stop();
    await stage.end();
  });

  it('keeps what it has, and catches up with a server that was killed and began with nothing in its cache', async () => {
    const { direct } = stage;
    await server.outage(async () => {
      await until(() => copy.troubles.length > 0);
      expect(copy.troubles[0]).toMatchObject({ status: 0 });
      expect(copy.reflector.list()).toHaveLength(3);
    });
    await direct.api.merge(CONFIG_MAPS, 'changed', { data: { value: 'new' } });
    await direct.api.delete(CONFIG_MAPS, 'deleted');
    await untilTrue(copy, direct);
    expect(copy.seen.get('default/changed')?.at(-1)).toBe('new');
    expect(copy.reflector.departed('default/deleted')).toBeDefined();
    expect(copy.seen.get('default/kept')).toEqual(['old']);
    await until(() => copy.troubles.at(-1) === undefined);
  });

  it('knows an older history when it sees one: what is missing from it was not deleted', async () => {
    const { direct } = stage;
    const backup = await backUp(server);
    await untilTrue(copy, direct);
    await direct.api.merge(CONFIG_MAPS, 'changed', { data: { value: 'newer than the backup' } });
    await direct.api.create(CONFIG_MAPS, configMap('younger', 'than the backup'));
    await direct.api.delete(CONFIG_MAPS, 'deleted');
    await untilTrue(copy, direct);
    await backup.restore();
    await untilTrue(copy, direct);
    expect(copy.seen.get('default/changed')?.at(-1)).toBe('old');
    expect(copy.reflector.get('default/deleted')).toBeDefined();
    expect(copy.reflector.get('default/younger')).toBeUndefined();
    expect(copy.reflector.departed('default/younger')?.by).toBe('rewind');
    await direct.api.merge(CONFIG_MAPS, 'kept', { data: { value: 'after it' } });
    await until(() => copy.reflector.get('default/kept')?.data?.['value'] === 'after it');
  });
});
