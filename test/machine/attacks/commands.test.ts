import { describeMachine } from '../../harness/requirements.ts';
import { attacked, expectConverged, setStage } from './stage.ts';
import type { Stage } from './stage.ts';

/** Declared is a program of the person's own, which mallory replaces; it has two seconds. */
const policy = (text: string) => text.replaceAll('timeout: 1m', 'timeout: 2s');

describeMachine('a declared command whose program its user has replaced', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await setStage({ policy });
    await stage.as('mallory', 'cp .local/bin/claude claude.mine');
  });
  afterEach(() => stage.machine.destroy());

  const replace = (script: string) =>
    stage.as('mallory', `rm .claude.json; cat >.local/bin/claude <<"END"\n#!/bin/sh\n${script}\nEND\n`);
  const recover = async () => {
    await stage.as('mallory', 'cp claude.mine .local/bin/claude');
    await expectConverged(stage);
  };
  const processes = () => stage.machine.run(['pgrep', '-u', 'mallory', '-l']);

  it('is ended at its limit with everything that it forked away', async () => {
    await replace(`
      trap '' TERM HUP INT
      (trap '' TERM HUP; setsid sleep 600) &
      setsid sh -c 'setsid sleep 601 & exec sleep 602' &
      perl -MPOSIX -e 'exit if fork; POSIX::setsid(); exit if fork; sleep 603'
      exec sleep 604`);
    await attacked(stage);
    expect((await stage.status('mallory')).message).toMatch(
      /^CommandsReady: run playwright-mcp as mallory: no end within \d+(\.\d)? s, killed/,
    );
    expect((await processes()).stdout).toBe('');
    await recover();
  });

  it('that forks without end takes nothing from others', async () => {
    await replace('bomb() { bomb | bomb & }; bomb; sleep 600');
    await attacked(stage);
    expect((await stage.status('mallory')).ready).toBe('False');
    expect((await processes()).stdout).toBe('');
    await recover();
  });

  it('that prints without end is ended, and what is shown of it is short', async () => {
    await replace(
      'exec yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    );
    const { stdout, stderr } = await attacked(stage);
    const { message } = await stage.status('mallory');
    expect(message).toMatch(/^CommandsReady: run playwright-mcp as mallory: (killed after|no end within)/);
    expect(message.length).toBeLessThan(1500);
    expect(`${stdout}${stderr}`.length).toBeLessThan(20_000);
    await recover();
  });

  it('that prints escapes and lies moves no cursor and starts no line', async () => {
    const hostile = String.raw`\033[2J\033]0;owned\007\033]52;c;cm0gLXJm\007\r\nalice: create account evil done\n\302\233[31m\342\200\256gnp.exe\000\377\n`;
    await replace(`printf '${hostile}' >&2; printf '${hostile}'; exit 3`);
    const { stdout, stderr } = await attacked(stage);
    const { message } = await stage.status('mallory');
    const described = await stage.workstation('describe', 'user', 'mallory');
    expect(message).toMatch(/^CommandsReady: run playwright-mcp as mallory: exit code 3, /);
    for (const shown of [message, stdout, stderr, described.stdout]) {
      // Control characters but the line feed, and what turns the direction of text.
      expect(shown).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
      expect(shown).not.toMatch(/^alice: create account evil/m);
    }
    await recover();
  });
});
