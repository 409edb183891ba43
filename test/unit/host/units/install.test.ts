import { companionsOf, linksOf, parseInstall, UnitName } from '../../../../src/host/units/install.ts';

describe('the install section of a unit file', () => {
  it('is read with continued lines and comments, and nothing of other sections', () => {
    const install = parseInstall([
      '[Unit]\nWantedBy=wrong.target\n[Install]\n# WantedBy=comment.target\nWantedBy=a.target \\\n; between\n  b.target\nRequiredBy = c.target\n[Service]\nAlias=wrong.service\n',
    ]);
    expect(Object.fromEntries(install)).toEqual({
      WantedBy: ['a.target', 'b.target'],
      RequiredBy: ['c.target'],
    });
  });

  it('is added to by drop-ins, and emptied by an empty value', () => {
    const main = '[Install]\nWantedBy=a.target\n';
    expect(parseInstall([main, '[Install]\nWantedBy=b.target\n']).get('WantedBy')).toEqual([
      'a.target',
      'b.target',
    ]);
    expect(parseInstall([main, '[Install]\nWantedBy=\nWantedBy=b.target\n']).get('WantedBy')).toEqual([
      'b.target',
    ]);
  });
});

describe('the links that enabling makes', () => {
  it.each<[string, string, string[]]>([
    [
      'tool.service',
      'WantedBy=a.target b.target',
      ['a.target.wants/tool.service', 'b.target.wants/tool.service'],
    ],
    ['tool.service', 'RequiredBy=a.target', ['a.target.requires/tool.service']],
    ['tool@emo.service', 'UpheldBy=of-%i.target', ['of-emo.target.upholds/tool@emo.service']],
    ['tool.service', 'Alias=other.service', ['other.service']],
    ['tool.service', '', []],
    ['tool@emo.service', 'WantedBy=a.target', ['a.target.wants/tool@emo.service']],
    ['tool@emo.service', 'WantedBy=of-%i.target', ['of-emo.target.wants/tool@emo.service']],
    ['tool@emo.service', 'Alias=other@.service', ['other@emo.service']],
    ['tool@.service', 'WantedBy=a.target', []],
    ['tool@.service', 'WantedBy=a.target\nDefaultInstance=main', ['a.target.wants/tool@main.service']],
    [
      'a-tool@emo.timer',
      'WantedBy=%p.%j.%N.%n.%%.target',
      ['a-tool.tool.a-tool@emo.a-tool@emo.timer.%.target.wants/a-tool@emo.timer'],
    ],
    ['tool.service', 'WantedBy=%H.target a.target', ['a.target.wants/tool.service']],
  ])('for %s with %j are %j', (unit, section, links) => {
    expect(linksOf(unit, parseInstall([`[Install]\n${section}\n`]))).toEqual(links);
  });

  it('go together with those of its companions', () => {
    const install = parseInstall(['[Install]\nAlso=tool@%i.socket other.service\n']);
    expect(companionsOf('tool@emo.service', install)).toEqual(['tool@emo.socket', 'other.service']);
  });
});

describe('a unit name', () => {
  it.each([
    ['tool.service', undefined],
    ['tool@emo.service', 'tool@.service'],
    ['tool@a@b.service', 'tool@.service'],
    ['tool@a.b.timer', 'tool@.timer'],
    ['tool@.service', undefined],
  ])('%s has the template %s', (unit, template) => {
    expect(UnitName.parse(unit).full).toBe(unit);
    expect(UnitName.parse(unit).template).toBe(template);
  });
});
