/** What a person sees, in a real browser. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { StatusView } from '../../../src/agent/view.ts';
import { describeBrowser, openBrowser, visit, type Visit } from '../../harness/browser.ts';
import { openPage, servePage } from './server.ts';
import { ago, condition, HOUR, person, READY, RETRYING, statusOf, troubled, USERS } from './views.ts';

let browser: Browser;
let server: Awaited<ReturnType<typeof servePage>>;
let seen: Visit;
let page: Page;

async function show(status: StatusView, options: BrowserContextOptions = {}): Promise<void> {
  ({ server, seen, page } = await openPage(browser, status, options));
}

const rowOf = (name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('button', { name, exact: true }) });
const shownNames = () => page.locator('#rows > tr:not([hidden]) > th > button').allTextContents();
const focused = () =>
  page.evaluate<string>('document.activeElement.id || document.activeElement.textContent');

/** From the filter on. */
const KEYS: readonly (readonly [key: string, focused: string])[] = [
  ['ArrowDown', 'ivy'],
  ['ArrowDown', 'emo'],
  ['End', 'lou'],
  ['ArrowDown', 'lou'],
  ['ArrowUp', 'kim'],
  ['Home', 'ivy'],
  ['ArrowUp', 'ivy'],
];

describeBrowser('the status page', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await page.context().close();
    await server.close();
  });

  it('says who is ready and who is not and why, whoever needs somebody first', async () => {
    await show(statusOf(USERS));
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('devvm');
    expect(await page.getByText('3 of 5 people ready').isVisible()).toBe(true);
    expect(await page.title()).toBe('(2) devvm');
    expect(await shownNames()).toEqual(['ivy', 'emo', 'ann', 'kim', 'lou']);
    const cells = async (name: string) => (await rowOf(name).getByRole('cell').allInnerTexts()).map(flat);
    expect(await cells('emo')).toEqual([
      'Retrying',
      'TimedOut CodeReady: clone https://git.example.org/tour.git: no answer within 10m, is the remote up?',
      'editor 4001 browser 9001',
      expect.stringMatching(/^2\dm ago$/),
      expect.stringMatching(/^in \d+m$/),
    ]);
    expect(await cells('ann')).toEqual(['Ready', '', 'editor 4001 browser 9001', '120m ago', '']);
    expect((await cells('kim')).slice(0, 2)).toEqual([
      'Ready, at work',
      '/home/kim/code: not fast-forwarded, it has changes that are not committed',
    ]);
    expect(flat(await rowOf('emo').getByRole('rowheader').innerText())).toBe('emo emil, power-user');
    expect(flat(await rowOf('lou').getByRole('rowheader').innerText())).toBe('lou power-user, suspended');
  });

  it('says what concerns the whole machine', async () => {
    await show(troubled());
    const notices = await page
      .getByRole('list', { name: 'What needs somebody' })
      .getByRole('listitem')
      .allInnerTexts();
    expect(notices.map(flat)).toEqual([
      'What is declared could not be read (RosterInvalid); what was declared before holds /etc/workstation/roster.yaml:12: users.emo.tier: found "poweruser", must be one of admin, power-user',
      'Removals are held: mia, noa remove 2 people (mia, noa): massRemovalLimit is 1: confirm the removal, raise the limit or correct the roster Declare them again, or let them go: workstation approve',
    ]);
    expect(flat(await page.getByRole('region', { name: 'Departed' }).getByRole('list').innerText())).toBe(
      'max left 120m ago zoe left 4d4h ago',
    );
    expect(flat(await page.getByRole('contentinfo').innerText())).toBe(
      'workstation 0.1.0 from /etc/workstation/roster.yaml revision 5d41402abc4b process 4711, started 2d1h ago',
    );
  });

  it('says that the machine itself is not as declared, and nothing of it where it is', async () => {
    await show(statusOf(USERS));
    expect(await page.getByRole('list', { name: 'What needs somebody' }).count()).toBe(0);
    expect(await page.getByRole('region', { name: 'Departed' }).count()).toBe(0);
    const calm = statusOf(USERS);
    const conditions = [condition('MachineReady', 'False', 'MachineNotReady', 'write motd: read-only')];
    const workstation = calm.workstation && {
      ...calm.workstation,
      status: { ...calm.workstation.status, conditions },
    };
    server.tell({ ...calm, ...(workstation ? { workstation } : {}) });
    await page.getByText('write motd: read-only').waitFor();
  });

  it.each([
    [statusOf([]), 'Nobody is declared', '0 of 0 people ready'],
    [statusOf([person('ann', [])]), 'New', '0 of 1 person ready'],
  ])('says how it is where there is little to say: %#', async (status, text, count) => {
    await show(status);
    expect(await page.getByText(text, { exact: true }).isVisible()).toBe(true);
    expect(await page.getByText(count).isVisible()).toBe(true);
  });

  it('unfolds a person in full', async () => {
    await show(statusOf(USERS));
    await rowOf('emo').getByRole('button').click();
    const conditions = page.getByRole('table', { name: 'Conditions of emo' });
    expect((await conditions.getByRole('row').allInnerTexts()).map(flat)).toEqual([
      'Condition Status Since Reason Message',
      expect.stringMatching(/^Ready False 3h ago TimedOut CodeReady: clone /),
      'AccountReady True 3h ago Ready',
      expect.stringMatching(/^CodeReady False 3h ago TimedOut clone /),
      'Reconciling True 3h ago Retrying the next pass tries again: CodeReady',
    ]);
    const facts = flat(await page.locator('#rows dl').innerText());
    expect(facts).toContain('Account emil UID 1001');
    await rowOf('emo').getByRole('button').click();
    expect(await conditions.count()).toBe(0);
  });

  it('follows live, and keeps what is unfolded and where the focus is', async () => {
    await show(statusOf(USERS));
    await rowOf('emo').getByRole('button').press('Enter');
    await page.evaluate('window.row = document.activeElement.closest("tr")');
    server.tell(statusOf([person('emo', READY, { osUser: 'emil' }), person('new', RETRYING)]));
    await rowOf('emo').getByText('Ready', { exact: true }).waitFor();
    expect(await shownNames()).toEqual(['new', 'emo']);
    expect(await page.evaluate('window.row === document.activeElement.closest("tr")')).toBe(true);
    expect(await page.getByRole('table', { name: 'Conditions of emo' }).getByRole('row').count()).toBe(6);
    expect(await page.locator('[aria-live=polite]').textContent()).toBe('6 people changed');
    server.tell(statusOf([person('emo', RETRYING, { osUser: 'emil' }), person('new', RETRYING)]));
    await page.getByText('emo is retrying: TimedOut').waitFor({ state: 'attached' });
  });

  it('says when the agent is not to be reached, shows what was known, and comes back by itself', async () => {
    await show(statusOf(USERS));
    server.drop('refuse');
    await page.getByRole('status').getByText('Not connected, trying again').waitFor();
    expect(await shownNames()).toHaveLength(5);
    expect(await page.locator('body').getAttribute('data-stale')).toBe('true');
    server.tell(statusOf([person('ann', READY)]));
    server.drop('stream');
    await page.getByRole('status').getByText('Live').waitFor();
    expect(await shownNames()).toEqual(['ann']);
    expect(server.listeners()).toBe(1);
  });

  it('takes a filter before it knows anybody', async () => {
    server = await servePage(statusOf(USERS));
    server.drop('refuse');
    seen = await visit(browser, server.url);
    ({ page } = seen);
    await page.getByRole('searchbox').fill('kim');
    server.drop('stream');
    await page.getByRole('status').getByText('Live').waitFor();
    expect(await shownNames()).toEqual(['kim']);
    expect(seen.complaints.filter((complaint) => complaint.includes('TypeError'))).toEqual([]);
  });

  it('gives up a stream that has pinged and then is silent for a minute', async () => {
    await show(statusOf(USERS));
    await page.context().close();
    seen = await visit(browser, 'about:blank');
    ({ page } = seen);
    await page.clock.install();
    await page.goto(server.url);
    await page.getByRole('status').getByText('Live').waitFor();
    await page.clock.fastForward(120_000);
    expect(await page.getByRole('status').textContent()).toBe('Live');
    server.raw('event: ping\ndata:\n\n');
    server.tell(statusOf([person('ann', READY)]));
    await page.getByText('1 of 1 person ready').waitFor();
    await page.clock.fastForward(59_000);
    expect(await page.getByRole('status').textContent()).toBe('Live');
    server.tell(statusOf(USERS));
    await page.getByText('3 of 5 people ready').waitFor();
    await page.clock.fastForward(59_000);
    expect(await page.getByRole('status').textContent()).toBe('Live');
    await page.clock.fastForward(2000);
    await page.getByRole('status').getByText('Not connected, trying again').waitFor();
    await page.clock.fastForward(1000);
    await page.getByRole('status').getByText('Live').waitFor();
  });

  it.each(['{"users": 1}', '{', 'null'])('goes on after a message that is no status: %s', async (text) => {
    await show(statusOf(USERS));
    server.raw(`data: ${text}\n\n`);
    server.tell(statusOf([person('ann', READY)]));
    await page.getByText('1 of 1 person ready').waitFor();
    expect(seen.complaints).toEqual([]);
  });

  it('keeps ages true while nothing changes', async () => {
    await show(statusOf([person('ann', READY, { lastChange: ago(HOUR) })]));
    await page.evaluate('Date.now = ((real) => () => real() + 3600e3)(Date.now)');
    await rowOf('ann').getByText('120m ago').waitFor();
  });

  it('is used with the keyboard alone', async () => {
    await show(statusOf(USERS));
    const order = [];
    for (let step = 0; step < 6; step++) {
      await page.keyboard.press('Tab');
      order.push(await focused());
    }
    expect(order).toEqual(['Skip to the people', 'All 5', 'Not ready 2', 'filter', 'ivy', 'emo']);
    await page.keyboard.press('/');
    expect(await focused()).toBe('filter');
    await page.keyboard.type('TIMED out/');
    expect(await page.getByText('Nobody matches').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await shownNames()).toHaveLength(5);
    await page.keyboard.press('/');
    await page.keyboard.type('ready ann');
    expect(await shownNames()).toEqual(['ann']);
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('ann');
    await page.keyboard.press('Enter');
    expect(await rowOf('ann').getByRole('button').getAttribute('aria-expanded')).toBe('true');
    await page.keyboard.press('/');
    await page.keyboard.press('Backspace');
    for (const [key, name] of KEYS) {
      await page.keyboard.press(key);
      expect(await focused()).toBe(name);
    }
  });

  it('shows only whoever is not ready when asked to', async () => {
    await show(statusOf(USERS));
    await page.getByRole('button', { name: 'Not ready 2' }).click();
    expect(await shownNames()).toEqual(['ivy', 'emo']);
    server.tell(statusOf([person('ann', READY)]));
    await page.getByText('Everybody is ready').waitFor();
    await page.getByRole('button', { name: 'All 1' }).click();
    expect(await shownNames()).toEqual(['ann']);
  });
});

function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
