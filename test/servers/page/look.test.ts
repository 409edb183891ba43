/** What the page withstands, and where and how it can be read. */
import { readFileSync } from 'node:fs';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { StatusView } from '../../../src/agent/view.ts';
import { describeBrowser, openBrowser, visit, type Visit } from '../../harness/browser.ts';
import { openPage, servePage } from './server.ts';
import { ago, condition, HOUR, person, statusOf, troubled } from './views.ts';

const CONTRAST = readFileSync(new URL('contrast.js', import.meta.url), 'utf8');
/** Where WCAG draws the line for normal text, level AA. */
const LEAST_CONTRAST = 4.5;

const LONG = 'x'.repeat(300);
const HOSTILE = [
  '<script>hacked = 1</script>',
  '<img src=x onerror="hacked = 1">',
  '"><svg onload=hacked=1>',
  "javascript:alert('hacked')",
  '\u202egnp.exe\u0000\u001b[31m',
  LONG,
];
const SHOWN = HOSTILE.map((text) => (text.startsWith('\u202e') ? '\\u202egnp.exe\\x00\\x1b[31m' : text));

/** Every text that a status can hold, hostile in turn. */
function hostile(): StatusView {
  const users = HOSTILE.map((text, index) => {
    const conditions = [condition('Ready', 'False', text, text), condition(text, 'False', text, text)];
    const view = person(`${index}${text}`, conditions, {
      osUser: text,
      lastChange: text,
      next: { at: text, why: text },
      spec: { authentikUser: 'x', k8sUser: 'x' },
    });
    const status = { ...view.user.status, ports: { [text]: 4001 } };
    return {
      ...view,
      user: { ...view.user, status, spec: { ...view.user.spec, k8sUser: text, namespaces: [text] } },
    };
  });
  const all = HOSTILE.join(' ');
  const calm = statusOf(users);
  return {
    ...calm,
    agent: {
      ...calm.agent,
      version: all,
      source: all,
      revision: all,
      startedAt: all,
      trouble: { reason: all, message: all },
      heldRemovals: { osUsers: HOSTILE, message: all },
    },
    departed: Object.fromEntries(HOSTILE.map((text) => [text, ago(HOUR)])),
  };
}

let browser: Browser;
let server: Awaited<ReturnType<typeof servePage>>;
let seen: Visit;
let page: Page;

/** Opens the page and unfolds everybody on it. */
async function show(status: StatusView, options: BrowserContextOptions = {}): Promise<void> {
  ({ server, seen, page } = await openPage(browser, status, options));
  for (const button of await page.locator('#rows > tr > th > button').all()) await button.click();
}

describeBrowser('the status page', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await page.context().close();
    await server.close();
  });

  it('shows what users name as text, and obeys none of it', async () => {
    await show(hostile());
    expect(await page.locator('#rows > tr > th > button').allTextContents()).toEqual(
      SHOWN.map((text, index) => `${index}${text}`),
    );
    const text = await page.locator('body').innerText();
    for (const one of SHOWN) expect(text).toContain(one);
    expect(text).not.toMatch(/[\u0000\u001b\u202e]/);
    expect(await page.locator('script, img, svg').count()).toBe(1);
    expect(await page.evaluate('"hacked" in window')).toBe(false);
    expect(seen.complaints).toEqual([]);
  });

  it('asks nobody but its own server, and nothing of it but to be read', async () => {
    await show(troubled());
    expect(seen.requests.filter((url) => !url.startsWith(server.url))).toEqual([]);
    expect(new Set(server.requests)).toEqual(
      new Set(
        [
          '',
          'page.css',
          'page.js',
          'details.js',
          'dom.js',
          'notices.js',
          'stream.js',
          'table.js',
          'words.js',
          'icon.svg',
          'v1/stream',
        ].map((path) => `GET /${path}`),
      ),
    );
    expect(seen.complaints).toEqual([]);
  });

  it('works under a policy that lets nothing else run or load', async () => {
    await show(troubled());
    const tried =
      'const made = document.createElement("script"); made.textContent = "hacked = 1"; document.body.append(made)';
    await page.evaluate(tried);
    expect(await page.evaluate('"hacked" in window')).toBe(false);
    expect(seen.complaints).toEqual([expect.stringContaining('Content Security Policy')]);
  });

  it.each([
    ['light', 255],
    ['dark', 0],
  ] as const)('is readable in %s mode', async (colorScheme, near) => {
    // prettier-ignore
    await show(troubled(), { colorScheme });
    const texts = await page.evaluate<{ text: string; contrast: number }[]>(CONTRAST);
    expect(texts.length).toBeGreaterThan(60);
    expect(texts.filter(({ contrast }) => contrast < LEAST_CONTRAST)).toEqual([]);
    const ground = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    for (const part of ground.match(/\d+/g) ?? []) expect(Math.abs(Number(part) - near)).toBeLessThan(40);
  });

  it.each([320, 375, 768, 1280])(
    'never has to be scrolled sideways on a screen %d pixels wide',
    async (width) => {
      await show(hostile(), { viewport: { width, height: 700 } });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await page.evaluate('document.body.scrollWidth')).toBeLessThanOrEqual(width);
    },
  );

  it.each([320, 1280])(
    'has the same landmarks and tables for a reader on a screen %d pixels wide',
    async (width) => {
      await show(troubled(), { viewport: { width, height: 700 } });
      for (const role of ['banner', 'main', 'contentinfo', 'searchbox'] as const)
        expect(await page.getByRole(role).count()).toBe(1);
      const people = page.getByRole('table', { name: 'People' });
      expect(
        await people
          .getByRole('rowheader')
          .filter({ has: page.getByRole('button') })
          .count(),
      ).toBe(5);
      expect(
        await page.getByRole('table', { name: 'Conditions of emo' }).getByRole('columnheader').count(),
      ).toBe(5);
      expect(await page.getByRole('searchbox', { name: 'Filter people' }).count()).toBe(1);
      expect(await page.getByRole('columnheader', { name: 'Next try' }).count()).toBe(1);
    },
  );

  it('is as large as a finger needs on a phone', async () => {
    await show(troubled(), { viewport: { width: 375, height: 700 } });
    const boxes = await page.evaluate<number[]>(
      '[...document.querySelectorAll("button, input")].map((one) => one.getBoundingClientRect().height)',
    );
    // WCAG 2.2, 2.5.8: 24 CSS pixels.
    for (const height of boxes) expect(height).toBeGreaterThanOrEqual(24);
  });

  it('is the same with two thousand people', async () => {
    const many = Array.from({ length: 2000 }, (_, index) =>
      person(`user-${String(index).padStart(4, '0')}`, []),
    );
    server = await servePage(statusOf(many));
    seen = await visit(browser, server.url);
    ({ page } = seen);
    await page.getByText('0 of 2000 people ready').waitFor();
    await page.getByRole('searchbox').fill('user-1999');
    await page.waitForFunction('document.querySelectorAll("#rows > tr:not([hidden])").length === 1');
  });
});
