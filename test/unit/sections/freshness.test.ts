import { freshness } from '../../../src/sections/freshness.ts';
import { NOW, planOf, plans, type Things } from './build.ts';
import { file } from './tree.ts';

const HOUR = 3_600_000;
/** The interval, and the tenth of it over which people are spread. */
const LONG = 1.1 * HOUR;

const CONFIG = '[remote "origin"]\nurl = /a\n[remote "mine"]\nurl = /b\n[remote "forgejo"]\nurl = /c\n';

function clone(at: string, fetched: number | undefined, made = NOW): Things {
  return {
    [`${at}/.git/config`]: file(CONFIG, 0o644, { modified: made }),
    [`${at}/.git/index`]: '',
    ...(fetched === undefined ? {} : { [`${at}/.git/FETCH_HEAD`]: file('', 0o644, { modified: fetched }) }),
  };
}
const refresh = {
  kind: 'refresh-clone',
  path: '/home/emo/code',
  branch: 'master',
  remotes: ['origin', 'forgejo'],
  timeout: 600_000,
};

describe('a clone', () => {
  plans(freshness, {
    'fetched within the interval is fresh': { found: { home: clone('code', NOW - HOUR + 1) } },
    'fetched longer ago is refreshed': {
      found: { home: clone('code', NOW - LONG) },
      actions: [refresh],
    },
    'just made is fresh though it was never fetched': { found: { home: clone('code', undefined) } },
    'that has lost a declared remote is refreshed from what it has': {
      found: { home: { ...clone('code', 0), 'code/.git/config': '[remote "mine"]\nurl = /b\n' } },
      actions: [{ ...refresh, remotes: [] }],
    },
    'made long ago and never fetched is refreshed': {
      found: { home: clone('code', undefined, NOW - LONG) },
      actions: [refresh],
    },
    'fetched by a clock that was set back since is refreshed': {
      found: { home: clone('code', NOW + LONG) },
      actions: [refresh],
    },
    'fetched a moment in the future is fresh': { found: { home: clone('code', NOW + 5) } },
    'that is not there is not refreshed': {},
    'that is a worktree is not refreshed': { found: { home: { 'code/.git': 'gitdir: /x' } } },
    'that was never checked out is not refreshed': { found: { home: { 'code/.git/config': '' } } },
    'that is about to be moved with all in it is not refreshed where it is': {
      who: { spec: { codeLayout: 'workspace', repos: ['tripit'] } },
      found: { home: { ...clone('code', 0), ...clone('code/tripit', 0) } },
    },
    'of the workspace layout is refreshed like any other': {
      who: { spec: { codeLayout: 'workspace', repos: ['tripit', 'tour'] } },
      found: {
        home: {
          ...clone('code/infra', NOW),
          ...clone('code/tripit', 0),
          ...clone('code/tour', NOW - HOUR + 1),
        },
      },
      actions: [{ ...refresh, path: '/home/emo/code/tripit', remotes: ['origin'] }],
    },
  });

  it('says when it is due next, for each person at another time', () => {
    const due = ['emo', 'ann', 'bea'].map((osUser) => {
      return planOf(freshness, { osUser }, { home: clone('code', NOW) }).next ?? 0;
    });
    expect(new Set(due).size).toBe(3);
    for (const at of due) {
      expect(at).toBeGreaterThanOrEqual(NOW + HOUR);
      expect(at).toBeLessThan(NOW + LONG);
    }
  });
});
