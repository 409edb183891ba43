/** A real Chromium that talks to nobody but the pages it is sent to. */
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { BROWSER } from './machine/outer.ts';
import { describePrograms } from './requirements.ts';

const ARGUMENTS = [
  '--headless',
  // Tests run as root, in containers without a GPU.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** `describe` for suites that need a browser. */
export function describeBrowser(name: string, suite: () => void): void {
  describePrograms(name, [BROWSER], suite);
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: `/usr/bin/${BROWSER}`, args: ARGUMENTS });
}

export interface Visit {
  readonly page: Page;
  /** Addresses of everything that was asked for, in order. */
  readonly requests: readonly string[];
  /** Whatever went wrong: errors, and violations of the content security policy. */
  readonly complaints: string[];
}

/** A page in a context of its own, so that nothing of another test is in it. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  // Chromium reports violations of the policy there too.
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(url);
  return { page, requests, complaints };
}
