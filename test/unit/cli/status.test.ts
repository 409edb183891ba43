import { printStatus } from '../../../src/cli/print/status.ts';
import { ANSI, PLAIN } from '../../../src/cli/print/style.ts';
import { expected } from './expected.ts';
import { NOW, STATUS, TROUBLED } from './records.ts';

describe('status', () => {
  it('is one screen: the agent, and whoever is not as declared or is worked on, by how much they need somebody', () => {
    expect(printStatus(STATUS, NOW, PLAIN)).toBe(expected('status.txt'));
  });

  it('begins with what concerns the whole machine, and ends with who has left', () => {
    expect(printStatus(TROUBLED, NOW, PLAIN)).toBe(expected('status-troubled.txt'));
  });

  it('only counts people where everybody is ready', () => {
    const users = STATUS.users.filter(({ user }) => user.metadata.name === 'zoe');
    expect(printStatus({ ...STATUS, users }, NOW, PLAIN)).toBe(
      expected('status.txt').split('\n\n')[0]?.replace('2 of 6', '1 of 1') + '\n',
    );
  });

  it('says what it can before the first pass', () => {
    const { workstation: _none, ...early } = { ...STATUS, users: [] };
    expect(printStatus(early, NOW, PLAIN)).toMatch(/^Machine: {2}<none>\nPeople: {3}0 of 0 ready\n/);
  });

  it('has the same words in colour, and obeys nothing of what is named', () => {
    const text = printStatus(TROUBLED, NOW, ANSI);
    expect(text).toContain('\x1b[33m!\x1b[39m');
    expect(text.replaceAll(/\x1b\[\d+m/g, '')).toBe(expected('status-troubled.txt'));
  });
});
