import { errorLine } from '../../../src/cli/print/errors.ts';
import { FileRefused } from '../../../src/host/files/refusal.ts';

const quiet = { debug: false };

describe('the line for an error', () => {
  it('is its message when it is no fault of the program', () => {
    expect(errorLine(new Error('read x: it is empty: fill it'), quiet)).toBe(
      'workstation: read x: it is empty: fill it\n',
    );
    expect(errorLine(new FileRefused({ reason: 'changed', at: '/x' }, 'write /x'), quiet)).toBe(
      'workstation: write /x: /x has changed meanwhile: look again\n',
    );
  });

  it('says of a failed system call what was attempted and what the system answered', () => {
    const failed = { errno: -2, code: 'ENOENT', syscall: 'open', path: '/nowhere/at\x1ball' };
    const error = Object.assign(new Error("ENOENT: no such file or directory, open '…'"), failed);
    expect(errorLine(error, quiet)).toBe(
      'workstation: open /nowhere/at\\x1ball: no such file or directory (ENOENT)\n',
    );
  });

  it('calls anything else an internal error and says how to see more', () => {
    expect(errorLine(new TypeError('x is\nnot a function'), quiet)).toBe(
      'workstation: internal error: x is\\x0anot a function (run with --debug for the stack)\n',
    );
    expect(errorLine('thrown', quiet)).toBe(
      'workstation: internal error: thrown (run with --debug for the stack)\n',
    );
  });

  it('has with --debug the stack of the error and of its causes', () => {
    const error = new TypeError('outer', { cause: new Error('in\x1bner') });
    const lines = errorLine(error, { debug: true }).split('\n');
    expect(lines[0]).toBe('workstation: internal error: outer');
    expect(lines[1]).toMatch(/^ +at .*errors\.test\.ts/);
    expect(lines).toContain('caused by: in\\x1bner');
  });
});
