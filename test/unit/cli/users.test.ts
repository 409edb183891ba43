import { parse } from 'yaml';
import type { OutputFormat } from '../../../src/cli/print/resources.ts';
import { describeDetails, describeUser } from '../../../src/cli/print/describe.ts';
import { printUsers, printWorkstations } from '../../../src/cli/print/users.ts';
import type { RecordedUser } from '../../../src/report/record.ts';
import { expected } from './expected.ts';
import { ANN, ANN_DETAILS, BOX, EMO, EMO_DETAILS, NOW } from './records.ts';

const services = ['editor', 'browser', 'shell'];
const users = (format: OutputFormat, people: readonly RecordedUser[] = [EMO, ANN], single = false) =>
  printUsers(people, { services, format, single, now: NOW });

describe('get users', () => {
  it('prints a table by name, with the port of the first service', () => {
    expect(users('table')).toEqual({ out: expected('users.txt'), err: '' });
  });

  it('prints with -o wide also what identifies the account, the other ports and the message', () => {
    expect(users('wide').out).toBe(expected('users-wide.txt'));
  });

  it('prints names that other commands take', () => {
    expect(users('name').out).toBe(
      'workstationuser.workstation.dev/ann\nworkstationuser.workstation.dev/emo\n',
    );
  });

  it('prints a List as YAML and as JSON, laid out as kubectl does', () => {
    expect(users('yaml').out).toBe(expected('users.yaml.txt'));
    expect(users('json').out).toBe(expected('users.json.txt'));
  });

  it('prints the object itself when one was asked for by name', () => {
    expect(parse(users('yaml', [ANN], true).out)).toEqual(ANN);
    expect(JSON.parse(users('json', [ANN], true).out)).toEqual(ANN);
    expect(parse(users('yaml', [ANN], false).out)).toMatchObject({ kind: 'List', items: [ANN] });
  });

  it('loses nothing of a hostile text in JSON and YAML, and shows a terminal none of it', () => {
    const hostile = '\x1b[2J\u009b31m\u202egnp\u2028\u0007\ttab \u{1f600} \ud800';
    const records = [{ ...ANN, status: { ...ANN.status, osUser: hostile, ports: { [hostile]: 1 } } }];
    for (const format of ['json', 'yaml'] as const) {
      const { out } = users(format, records, true);
      expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028]/);
      expect((parse(out) as RecordedUser).status).toEqual(records[0]?.status);
    }
  });

  it('says on standard error that there is nobody, and prints an empty List where data was asked for', () => {
    expect(users('table', [])).toEqual({ out: '', err: 'No resources found\n' });
    expect(users('name', [])).toEqual({ out: '', err: '' });
    expect(parse(users('yaml', []).out)).toMatchObject({ kind: 'List', items: [] });
  });
});

describe('get workstations', () => {
  it('prints how many people are ready', () => {
    expect(printWorkstations([BOX], { format: 'table', single: false, now: NOW }).out).toBe(
      expected('workstations.txt'),
    );
  });

  it('prints names with their resource', () => {
    expect(printWorkstations([BOX], { format: 'name', single: false, now: NOW }).out).toBe(
      'workstation.workstation.dev/box\n',
    );
  });
});

describe('describe user', () => {
  it('tells what is declared, the ports, and since when each condition holds', () => {
    expect(describeUser(ANN, NOW)).toBe(expected('describe-ann.txt'));
    expect(describeUser(EMO, NOW)).toBe(expected('describe-emo.txt'));
  });

  it('tells with what a running agent knows also what was done last, what happened, and what comes next', () => {
    expect(describeDetails(EMO_DETAILS, NOW)).toBe(expected('describe-emo-details.txt'));
    expect(describeDetails(ANN_DETAILS, NOW)).toBe(expected('describe-ann-details.txt'));
  });

  it('says where there is nothing', () => {
    const nothing = { ...ANN, status: { ...ANN.status, ports: {}, conditions: [] } };
    expect(describeUser(nothing, NOW)).toMatch(/\nPorts: {2}<none>\nConditions: {2}<none>\n$/);
  });
});
